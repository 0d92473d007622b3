/**
 * The fuzzers of the traffic system in their short form: few cases of one seed.
 */
import type { TestContext } from 'node:test'
import { fuzz, fuzzSlowly } from '@troupe/tools/fuzz'

const budget = { seed: 1, cases: 3_000 }
/** Each is a file that is written and read. */
const fileBudget = { seed: 1, cases: 150 }

/**
 * By what they read; each answers how many cases it has judged, and fails with what it found.
 * None is loaded before it is wanted.
 */
export const SHORT_FUZZ = {
  packets: async () => fuzz((await import('#test/packet/packet-fuzz')).packetFuzzer, budget),
  recordings: async () =>
    fuzzSlowly((await import('#test/replay/recording-fuzz')).recordingFuzzer, budget),
  'recording files': async (t: TestContext) => {
    const { recordingFileFuzzer } = await import('#test/replay/recording-file-fuzz')
    return fuzzSlowly(recordingFileFuzzer(t), fileBudget)
  },
  requests: async () => fuzz((await import('#test/query/route-fuzz')).routeFuzzer, budget),
  'position records': async () =>
    fuzz((await import('#test/store/record-fuzz')).positionFuzzer, budget),
  'emergency records': async () =>
    fuzz((await import('#test/store/record-fuzz')).emergencyFuzzer, budget),
  'data files': async (t: TestContext) => {
    const { dataFileFuzzer } = await import('#test/store/data-file-fuzz')
    return fuzz(await dataFileFuzzer(t), fileBudget)
  },
} as const

export type Fuzzed = keyof typeof SHORT_FUZZ
