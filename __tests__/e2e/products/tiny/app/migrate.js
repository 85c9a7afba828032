const { query } = require('./database')

const { TINY_SAYS, TINY_MIGRATION_SECONDS } = process.env
if (TINY_SAYS) console.log(`settings: ${TINY_SAYS}`)
query(
  `CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT);
   SELECT pg_sleep(${Number(TINY_MIGRATION_SECONDS) || 0});`,
).then(
  () => console.log('migrated'),
  (error) => {
    console.error(error.message)
    process.exitCode = 1
  },
)
