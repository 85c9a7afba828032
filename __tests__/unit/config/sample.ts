/** A whole file, which the tests change line by line. */
export const sample = `app: shop
compose:
  file: docker-compose.prod.yml
  ignore: [nginx]
services:
  frontend:
    role: web
    port: 3000
    slots: { blue: 13000, green: 13001 }
    health: { path: /, status: [200, 304] }
    assets: { path: /app/.next/static/, url: /_next/static }
  backend:
    # a web service, as nothing else is said
    port: 3001
    slots: { blue: 13010, green: 13011 }
    health:
      path: /health
      headers: { content-type: application/json }
      json: { status: healthy, checks.database: true }
      body: ok|healthy
    stop-timeout: 20s
  mailer:
    role: worker
accessories: [postgres, redis]
volumes: { postgres_data: shared, scratch: slot }
proxy:
  kind: nginx
  domains: [shop.example, www.shop.example]
  routes:
    - { path: /, service: frontend }
    - { path: /api/, service: backend }
  body-size: 1g
database: { kind: postgres, accessory: postgres }
migrations: { service: backend, command: [npm, run, migrate], lock-timeout: 500ms }
environments:
  staging:
    hosts: [deploy@203.0.113.7]
    proxy:
      domains: [staging.shop.example]
    bake: { duration: 10s, max-error-percent: 0.5 }
  production:
    hosts: ["deploy@203.0.113.20:2222", "deploy@[2001:db8::1]", "deploy@[2001:db8::1]:2022"]
  empty:
`

/** The sample with one piece of text replaced, which has to be there. */
export function changed(from: string, to: string, text = sample): string {
  if (!text.includes(from)) throw new Error(`the sample has no ${from}`)
  return text.replace(from, () => to)
}
