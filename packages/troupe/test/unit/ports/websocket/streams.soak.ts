/**
 * ports/websocket, for as long as it is given: any stream arrives, or ends with one word.
 *
 * Seed and time come from `npm run soak`.
 */
import { describe, it } from 'node:test'
import { fuzzSlowly, soakBudget } from '@troupe/tools/fuzz'
import { anyPort } from '#test/unit/ports/websocket/any-stream'
import { frameFuzzer, messageFuzzer } from '#test/unit/ports/websocket/frames-fuzz'

const budget = soakBudget(2)

describe('any stream of WebSocket frames', () => {
  it('arrives as it was meant', async (t) => {
    const fuzzer = messageFuzzer(t, await anyPort(t))
    t.diagnostic(`seed ${budget.seed}: ${await fuzzSlowly(fuzzer, budget)} cases`)
  })

  it('ends with one word when it is damaged', async (t) => {
    const fuzzer = frameFuzzer(t, await anyPort(t))
    t.diagnostic(`seed ${budget.seed}: ${await fuzzSlowly(fuzzer, budget)} cases`)
  })
})
