const { query } = require('./database')

/** Asks the database every second, and says so. */
const work = () =>
  query('SELECT 1').then(
    () => console.log('worked'),
    (error) => console.error(error.message),
  )
setInterval(work, 1000)
process.on('SIGTERM', () => process.exit(0))
