/**
 * What the demo shows: one product has a good day and a bad day. Every chapter says what has to come out of it;
 * whatever comes out otherwise is a deviation, and the demo fails.
 */
export interface Chapter {
  name: string
  /** Shown after the name while it goes on. */
  about: string
  action: 'deploy' | 'rollback'
  /** Given to the action. A rollback finds its own. */
  version?: string
  /** What the product then says of itself in every answer. */
  answers: string
  /** A fault built into this version, see the product's README. */
  fault?: 'health' | 'die'
  expect: {
    /** What the one `::error` of a run that has to fail says; a run without it has to succeed. */
    error?: RegExp
    /** What the product answers when the run has ended. */
    live: string
    /** Users may notice a bad version that got through the gate, until the bake has taken it back. */
    failures?: 'until taken back'
  }
  /** For the table, when all was as expected; at most 50 characters. */
  outcome: string
}

export const story: readonly Chapter[] = [
  {
    name: 'deploy v1',
    about: 'the first',
    action: 'deploy',
    version: 'v1.0.0',
    answers: '1.0.0',
    expect: { live: '1.0.0' },
    outcome: 'live; the users come',
  },
  {
    name: 'deploy v2',
    about: 'under load from here on',
    action: 'deploy',
    version: 'v2.0.0',
    answers: '2.0.0',
    expect: { live: '2.0.0' },
    outcome: 'took over from v1',
  },
  {
    name: 'deploy v3',
    about: 'its /health answers 500',
    action: 'deploy',
    version: 'v3.0.0',
    answers: '3.0.0',
    fault: 'health',
    expect: { error: /backend: status 500/, live: '2.0.0' },
    outcome: '/health answered 500: refused, v2 stayed live',
  },
  {
    name: 'deploy v3b',
    about: 'it dies 3 s after the switch',
    action: 'deploy',
    version: 'v3.0.0-b',
    // Built from the same sources as v3, which saves the build of its pages.
    answers: '3.0.0',
    fault: 'die',
    expect: { error: /Traffic is back on v2\.0\.0/, live: '2.0.0', failures: 'until taken back' },
    outcome: 'died after the switch: taken back, v2 live again',
  },
  {
    name: 'roll back',
    about: 'by hand, to v1',
    action: 'rollback',
    answers: '1.0.0',
    expect: { live: '1.0.0' },
    outcome: 'v1 started again, gated, live',
  },
]

/** Shorter waits than the product's own, so that the story takes minutes. */
export const settings = { 'gate.deadline': '20s', 'bake.duration': '8s', 'drain.timeout': '4s' }

/** Its limit on requests is raised; everything else is as in production. */
export const productEnv = {
  DB_PASSWORD: 'only-for-the-demo',
  CLAUDE_API_KEY: 'only-for-the-demo',
  RATE_LIMIT_MAX: '100000000',
}
