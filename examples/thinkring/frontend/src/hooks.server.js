const version = process.env.APP_VERSION ?? 'dev'

export async function handle({ event, resolve }) {
  const response = await resolve(event)
  response.headers.set('x-thinkring-version', version)
  return response
}
