const { createServer } = require('node:http')
const { query } = require('./database')

const { KAWASEMI_VERSION, KAWASEMI_SLOT, KAWASEMI_RELEASE, TINY_HEALTHY_AFTER } = process.env
const me = { version: KAWASEMI_VERSION, slot: KAWASEMI_SLOT, release: KAWASEMI_RELEASE }

const answer = (response, status, fields) => {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-App-Slot': KAWASEMI_SLOT ?? '',
    'X-App-Version': KAWASEMI_VERSION ?? '',
  })
  response.end(JSON.stringify({ ...me, ...fields }))
}

/** Well once the database answers, and no sooner than it was told to be. */
const health = async (response) => {
  const database = await query('SELECT count(*) FROM notes').then(
    () => 'ok',
    (error) => error.message,
  )
  const well = database === 'ok' && process.uptime() >= Number(TINY_HEALTHY_AFTER)
  answer(response, well ? 200 : 503, { status: well ? 'healthy' : 'unwell', database })
}

const server = createServer((request, response) => {
  if (request.url === '/health') return health(response)
  if (request.method !== 'POST') return answer(response, 200, { path: request.url })
  let echo = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => {
    echo += chunk
  })
  request.on('end', () => answer(response, 200, { echo }))
})
server.listen(3000)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
