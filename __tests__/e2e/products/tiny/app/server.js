const { createServer } = require('node:http')
const { connect } = require('node:net')
const { query } = require('./database')

const { KAWASEMI_VERSION, KAWASEMI_SLOT, KAWASEMI_RELEASE, TINY_HEALTHY_AFTER, TINY_CACHE } = process.env
const me = { version: KAWASEMI_VERSION, slot: KAWASEMI_SLOT, release: KAWASEMI_RELEASE }

const answer = (response, status, fields) => {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-App-Slot': KAWASEMI_SLOT ?? '',
    'X-App-Version': KAWASEMI_VERSION ?? '',
  })
  response.end(JSON.stringify({ ...me, ...fields }))
}

/** `ok` when Redis answers, or there is none; else what is wrong. */
const cache = () =>
  new Promise((resolve) => {
    if (!TINY_CACHE) return resolve('ok')
    const socket = connect(6379, TINY_CACHE, () => socket.write('PING\r\n'))
    socket.setTimeout(1000, () => socket.destroy(new Error('the cache is silent')))
    socket.on('data', () => socket.end(() => resolve('ok')))
    socket.on('error', (error) => resolve(error.message))
  })

/** Well once the database and the cache answer, and no sooner than it was told to be. */
const health = async (response) => {
  const database = await query('SELECT count(*) FROM notes').then(
    () => 'ok',
    (error) => error.message,
  )
  const cached = await cache()
  const well = database === 'ok' && cached === 'ok' && process.uptime() >= Number(TINY_HEALTHY_AFTER)
  answer(response, well ? 200 : 503, { status: well ? 'healthy' : 'unwell', database, cache: cached })
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
