/**
 * Every registrar of Troupe passes the public suite.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type RegistrarSuiteOptions, registrarConformance } from 'troupe/testing'
import {
  compositeStage,
  embeddedStage,
  loneStage,
  memoryStage,
  staticStage,
} from './registrar-stages.js'

/** A case that waits for what never comes must fail, not hang. */
const TIMEOUT_MS = 60_000

/** See test/unit/cluster/composite-registrar. */
const EACH = 'each of several registrars says by itself that it is cut off, or back'

const TRIALS: Readonly<Record<string, RegistrarSuiteOptions>> = {
  'the registrar in memory': { make: memoryStage },
  'two registrars as one': {
    make: compositeStage,
    skips: {
      'a registrar that is cut off says so once, and goes on answering what it knew': EACH,
      'a registrar that is back says so, and tells the difference and nothing else': EACH,
    },
  },
  'one registrar as if it were several': { make: loneStage },
  'the embedded registrar': {
    make: embeddedStage,
    lacks: {
      cutting: 'programs of one host cannot be cut off: a silent server is replaced',
      config: 'its configuration is a file; see test/unit/cluster/file-config',
    },
  },
  'the static registrar': {
    make: staticStage,
    lacks: {
      joining: 'its nodes are those of a list, which nobody joins or leaves',
      config: 'its configuration never changes; see test/unit/cluster/static-registrar',
    },
  },
}

for (const [name, trial] of Object.entries(TRIALS)) {
  const cases = registrarConformance(trial)
  describe(name, { timeout: 10 * TIMEOUT_MS }, () => {
    for (const { title, run } of cases.filter(({ skip }) => skip === false)) {
      it(title, { timeout: TIMEOUT_MS }, run)
    }

    it('is left out of no case without a written reason', (t) => {
      const out = cases.filter(({ skip }) => skip !== false)
      for (const { title, skip } of out) t.diagnostic(`left out: ${title}: ${skip}`)
      const reasons = new Set(out.map(({ skip }) => skip))
      assert.deepEqual(
        reasons,
        new Set([...Object.values(trial.lacks ?? {}), ...Object.values(trial.skips ?? {})]),
      )
    })
  })
}
