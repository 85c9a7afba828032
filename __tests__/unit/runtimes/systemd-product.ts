import type { Config } from '../../../src/config/schema'
import { configOf } from './product'

/** A product under systemd: a web service, a worker of which there is only one, and one of which there may be more. */
export function systemdProduct(change: Partial<Config['systemd'] & Pick<Config, 'base'>> = {}): Config {
  const { base = '/srv/shop', ...settings } = change
  const plain = configOf({
    services: {
      web: { role: 'web', port: 1, slots: { blue: 13000, green: 13001 } },
      mailer: { role: 'worker' },
      resizer: { role: 'worker' },
    },
  })
  const process = (...command: string[]) => ({ process: { command, restart: 'always' as const } })
  return {
    ...plain,
    base,
    systemd: { scope: 'user', user: 'www-data', build: [], buildTimeout: 60_000, shared: [], ...settings },
    services: {
      web: { ...plain.services.web!, ...process('gunicorn', '--bind', `127.0.0.1:\${PORT}`, 'shop.wsgi') },
      mailer: { ...plain.services.mailer!, ...process('python', 'mail.py') },
      resizer: { ...plain.services.resizer!, ...process('python', 'resize.py'), singleton: false },
    } as Config['services'],
  }
}
