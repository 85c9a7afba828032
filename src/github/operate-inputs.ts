import { type CheckName, checkNames, type Limits } from '../release/check-up'
import { Trouble } from '../release/trouble'
import { matching, type Reader } from './input-reader'

export interface OperateInputs {
  readonly limits: Limits
  /** Checks that are left out. */
  readonly skip: readonly CheckName[]
  /** Where trouble is posted; secret. */
  readonly webhook?: string
}

/** Input → the most it can be. */
const mostOf = {
  'certificate-days': 365,
  'disk-percent': 100,
  'memory-percent': 100,
  'clock-seconds': 86400,
  'backup-hours': 720,
  'keep-backups': 365,
} as const

export function operate(read: Reader): OperateInputs {
  const number = (name: keyof typeof mostOf): number => {
    const value = matching(name, read.text(name), /^\d{1,6}$/, 'a whole number')
    if (Number(value) >= 1 && Number(value) <= mostOf[name]) return Number(value)
    throw new Trouble(
      `Input ${name}`,
      `is not a number from 1 to ${mostOf[name]}.`,
      'Mend it under `with:` in the workflow.',
    )
  }
  const webhook = read.text('webhook')
  return {
    limits: {
      certificateDays: number('certificate-days'),
      diskPercent: number('disk-percent'),
      memoryPercent: number('memory-percent'),
      clockSeconds: number('clock-seconds'),
      backupHours: number('backup-hours'),
      keepBackups: number('keep-backups'),
    },
    skip: checksIn(read.text('skip')),
    ...(webhook !== '' && { webhook: checkedWebhook(webhook) }),
  }
}

function checksIn(text: string): CheckName[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '')
  const known = (name: string): name is CheckName => (checkNames as readonly string[]).includes(name)
  if (names.every(known)) return names
  throw new Trouble(
    'Input skip',
    'names a check that there is not.',
    `Give some of: ${checkNames.join(', ')}.`,
  )
}

/** A secret, so no message shows it. */
function checkedWebhook(text: string): string {
  const url = URL.canParse(text) && text.length <= 2000 ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href
  throw new Trouble(
    'Input webhook',
    'is not an http or https address without a user name and password.',
    'Give the whole address of the incoming webhook, from a secret.',
  )
}
