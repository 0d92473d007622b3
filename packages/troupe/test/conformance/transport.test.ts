/**
 * Every transport of Troupe passes the public suite.
 */
import { describe, it } from 'node:test'
import { type TransportSuiteOptions, transportConformance } from 'troupe/testing'
import type { TransportStage } from '#testing/conformance/transport-stage'
import { simulatedStage, tcpStage, tlsStage, unixStage } from './transport-stages.js'

type Trial = Omit<TransportSuiteOptions, 'make'> & { readonly make: () => Promise<TransportStage> }

/** A case that waits for what never comes must fail, not hang. */
const TIMEOUT_MS = 60_000

const TRIALS: Readonly<Record<string, Trial>> = {
  'the transport over TCP': { make: tcpStage },
  'the transport over TLS': { make: () => tlsStage() },
  'the transport over mutual TLS': { make: () => tlsStage({ mutual: true }) },
  'the transport over Unix sockets': { make: unixStage, hasPorts: false, canBeSilent: false },
  'the simulated transport in a quiet room': { make: () => simulatedStage(1) },
  'the simulated transport over a bad way': {
    make: () =>
      simulatedStage(2, { latencyMs: [5, 80], lossChance: 0.1, bytesPerSecond: 10_000_000 }),
  },
}

for (const [name, trial] of Object.entries(TRIALS)) {
  describe(name, { timeout: 10 * TIMEOUT_MS }, () => {
    for (const { title, skip, run } of transportConformance(trial)) {
      it(title, { skip, timeout: TIMEOUT_MS }, run)
    }
  })
}
