/**
 * The stages on which the registrars of Troupe play the conformance suite.
 */
import { embeddedRegistrar, staticRegistrar } from 'troupe'
import {
  memoryHub,
  memoryRegistrar,
  type RegistrarStage,
  type RegistrarSurroundings,
  simulatedNetwork,
  virtualClock,
} from 'troupe/testing'
import type { Clock } from '#base/clock'
import { seededRandom } from '#base/random'
import type { Logger } from '#contract'
import { simulatedSide } from '#testing/simulation/side'
import { SimulatedSocketPath } from '#testing/simulation/socket-place'

const QUIET = { debug() {}, info() {}, warning() {}, error() {} } as unknown as Logger

const surroundings = (clock: Clock): RegistrarSurroundings => {
  const random = seededRandom(1)
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.below(256))
  return {
    ...{ clock, random, log: QUIET, randomBytes: bytes },
    keyFor: () => new Uint8Array(32),
    side: () => undefined,
  }
}

export async function memoryStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  const hub = memoryHub({ clock })
  return {
    host: 'suite',
    make: () => memoryRegistrar(hub),
    surroundings: () => surroundings(clock),
    until: (promise) => clock.until(promise),
    kill: (node) => hub.kill(node),
    cutOff: (node) => hub.cutOff(node),
    mend: (node) => hub.mend(node),
    setConfig: (place, item, value) => hub.setConfig(place, item, value),
    removeConfig: (place, item) => hub.removeConfig(place, item),
    close: async () => {},
  }
}

/** Each node is a program of one simulated machine. */
export async function embeddedStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  const random = seededRandom(1)
  const network = simulatedNetwork({ clock, random })
  const path = new SimulatedSocketPath(clock, random)
  const programOf = (node: string) => {
    const host = network.host(node)
    if (host.power !== 'on') host.restart()
    return host.life
  }
  return {
    host: 'suite',
    make: () => embeddedRegistrar(),
    surroundings: (node) => ({
      ...surroundings(clock),
      side: () => simulatedSide({ life: programOf(node), path, clock, random }),
    }),
    until: (promise) => clock.until(promise),
    kill: (node) => network.host(node).crash({ how: 'reset' }),
    close: async () => {},
  }
}

export async function staticStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  return {
    host: 'suite',
    make: () => staticRegistrar({ nodes: { 'alone@suite': 'tcp://127.0.0.1:11144' } }),
    surroundings: () => surroundings(clock),
    until: (promise) => promise,
    close: async () => {},
  }
}
