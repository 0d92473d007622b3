/**
 * Every registrar of Troupe passes the public suite.
 */
import { describe, it } from 'node:test'
import { type RegistrarSuiteOptions, registrarConformance } from 'troupe/testing'
import { embeddedStage, memoryStage, staticStage } from './registrar-stages.js'

/** A case that waits for what never comes must fail, not hang. */
const TIMEOUT_MS = 15_000

const TRIALS: Readonly<Record<string, RegistrarSuiteOptions>> = {
  'the registrar in memory': { make: memoryStage },
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
  describe(name, { timeout: 10 * TIMEOUT_MS }, () => {
    for (const { title, skip, run } of registrarConformance(trial)) {
      it(title, { skip, timeout: TIMEOUT_MS }, run)
    }
  })
}
