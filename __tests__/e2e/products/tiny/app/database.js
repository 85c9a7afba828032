const { connect } = require('node:net')

/** One simple query to PostgreSQL, without a client library: resolves when it was done, rejects with what is wrong. */
exports.query = (sql) =>
  new Promise((resolve, reject) => {
    const socket = connect(5432, process.env.DATABASE_HOST)
    const send = (type, ...texts) => {
      const body = Buffer.from(texts.map((text) => `${text}\0`).join(''))
      const head = Buffer.alloc(type.length + 4)
      head.write(type)
      head.writeUInt32BE(body.length + 4, type.length)
      socket.write(Buffer.concat([head, body]))
    }
    let rest = Buffer.alloc(0)
    let asked = false
    let problem
    socket.on('connect', () => {
      const options = process.env.PGOPTIONS ? ['options', process.env.PGOPTIONS] : []
      // Protocol 3.0 as two 16-bit numbers, then names and values.
      send('', `\0\x03\0\0${['user', 'tiny', 'database', 'tiny', ...options, ''].join('\0')}`)
    })
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
        const type = String.fromCharCode(rest[0])
        const body = rest.subarray(5, 1 + rest.readUInt32BE(1))
        rest = rest.subarray(1 + rest.readUInt32BE(1))
        if (type === 'R' && body.readUInt32BE(0) === 3) send('p', process.env.DATABASE_PASSWORD)
        if (type === 'E') problem = new Error(body.toString().replaceAll('\0', ' '))
        if (type === 'Z' && asked) socket.end()
        else if (type === 'Z') {
          asked = true
          send('Q', sql)
        }
      }
    })
    socket.setTimeout(60_000, () => socket.destroy(new Error('PostgreSQL is silent')))
    socket.on('error', (error) => {
      problem ??= error
    })
    socket.on('close', () => (asked && !problem ? resolve() : reject(problem ?? new Error('not let in'))))
  })
