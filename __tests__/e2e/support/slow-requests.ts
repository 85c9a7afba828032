import type { Dispatcher } from 'undici'

/**
 * Does something while requests that take the app five seconds are made one after the other, so that one of them is under
 * way whenever the switch comes. Each has to be answered with 200.
 */
export async function withSlowRequests<Result>(
  ask: () => Promise<Dispatcher.ResponseData>,
  work: () => Promise<Result>,
): Promise<{ result: Result; answered: number }> {
  let answered = 0
  let working = true
  const asking = async () => {
    while (working) {
      const { statusCode, body } = await ask()
      if (statusCode !== 200) throw new Error(`the slow request: ${statusCode}`)
      await body.dump()
      answered += 1
    }
  }
  const worked = work().finally(() => {
    working = false
  })
  const [result] = await Promise.all([worked, asking()])
  return { result, answered }
}
