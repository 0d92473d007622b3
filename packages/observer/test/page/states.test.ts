/**
 * page/states: states are told apart without their colours.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type {
  ApplicationState,
  BreakerState,
  MemberState,
  PeerInfo,
  ProcessState,
  RegistrarInfo,
} from 'troupe'
import type { ClusterNotice, NodeState } from '#observer/contract/api'
import { signOf, wordOf } from '#page/kit/states'

type All<T extends string> = Readonly<Record<T, true>>

// As records, so that a new state does not compile before it is here.
const NODE: All<NodeState> = {
  ...{ up: true, looking: true, busy: true, suspect: true, draining: true, refused: true },
  ...{ unreadable: true, unreachable: true, down: true },
}
const MEMBER: All<MemberState> = {
  ...{ discovering: true, connected: true, responding: true, suspect: true },
  ...{ unresponsive: true, gone: true },
}
const PEER: All<PeerInfo['state']> = { dialling: true, up: true, suspect: true, broken: true }
const PROCESS: All<ProcessState> = {
  ...{ init: true, idle: true, running: true, waiting: true, ending: true },
}
const APPLICATION: All<ApplicationState> = {
  ...{ loaded: true, starting: true, running: true, stopping: true },
}
const BREAKER: All<BreakerState> = { closed: true, open: true, 'half-open': true }
const REGISTRAR: All<RegistrarInfo['state']> = {
  ...{ connected: true, disconnected: true, stopped: true },
}
const NOTICE: All<ClusterNotice['kind']> = {
  ...{ 'node-up': true, 'node-down': true, 'node-suspect': true, 'node-busy': true },
  ...{ 'node-well': true, leader: true },
}

const LISTS: Readonly<Record<string, readonly string[]>> = {
  node: Object.keys(NODE),
  member: Object.keys(MEMBER),
  // The page says of a connection that it is asked for, too.
  connection: [...Object.keys(PEER), 'asking'],
  // The page and the steps of `why` know more states of a process than the node.
  process: [...Object.keys(PROCESS), 'ended', 'zombie', 'restarting'],
  application: Object.keys(APPLICATION),
  breaker: Object.keys(BREAKER),
  registrar: Object.keys(REGISTRAR),
  election: ['follower', 'waiter', 'candidate', 'leader', 'observer'],
  cron: ['running', 'waiting', 'disabled'],
  notice: Object.keys(NOTICE).map((kind) => kind.replace('node-', '')),
}

describe('the signs of states', () => {
  for (const [name, states] of Object.entries(LISTS)) {
    it(`differ in each ${name} list, and are one character`, () => {
      const signs = states.map(signOf)
      deepEqual(
        signs.filter((sign, place) => signs.indexOf(sign) !== place),
        [],
      )
      equal(signs.join('').length, states.length)
    })
  }

  it('stand beside a word that can be read', () => {
    equal(wordOf('looking'), 'being asked')
    equal(wordOf('up'), 'up')
  })
})
