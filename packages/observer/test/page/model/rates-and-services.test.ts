/**
 * What connections carry in a second, and routes of services as one node or all have used them.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConnectionSheet, NetworkSheet } from 'troupe'
import { connectionRates, peerRates } from '#page/model/peer-rates'
import { servicesOfCluster, servicesOfNode } from '#page/model/services'
import { clusterServicesOf } from '#test/page/cluster-fixtures'
import { EPOCH_MS, nodeNames } from '#test/page/fixtures'
import { connectionOf, networkOf, servicesOf } from '#test/page/node-fixtures'

const NODE = 'web@jobs-1'
const network = (timeMs: number) => networkOf(NODE, timeMs) as unknown as NetworkSheet
const connection = (timeMs: number) => connectionOf(NODE, timeMs) as unknown as ConnectionSheet

describe('the rates of a connection', () => {
  const before = { sheet: network(EPOCH_MS), atMs: 1_000 }

  it('are worked out of two looks', () => {
    const [peer] = before.sheet.peers.rows
    const later = before.sheet.peers.rows.map((each) => ({
      ...each,
      messagesOut: each.messagesOut + 300,
    }))
    const sheet = { ...before.sheet, peers: { rows: later, next: undefined } }
    const rates = peerRates(before, { sheet, atMs: 3_000 })
    deepEqual(rates?.get(peer?.node ?? ''), { messagesIn: 0, messagesOut: 150, bytesIn: 0 })
  })

  it('are not known where no time has passed, nor of another life', () => {
    equal(peerRates(before, { ...before }), undefined)
    const reborn = before.sheet.peers.rows.map((peer) => ({ ...peer, creation: peer.creation + 1 }))
    const sheet = { ...before.sheet, peers: { rows: reborn, next: undefined } }
    equal(peerRates(before, { sheet, atMs: 2_000 })?.size, 0)
  })

  it('tell of one connection what goes out as well', () => {
    const first = { sheet: connection(EPOCH_MS), atMs: 0 }
    const sheet = { ...first.sheet, bytesOut: first.sheet.bytesOut + 5_000 }
    equal(connectionRates(first, { sheet, atMs: 5_000 })?.bytesOut, 1_000)
  })
})

describe('a service', () => {
  it('has the share of the work that its weights mean', () => {
    const [store] = servicesOfNode(servicesOf(EPOCH_MS).rows)
    deepEqual(
      store?.routes.map(({ share }) => share),
      [0.2, 0.2, 0.2, 0.2, 0, 0.2],
    )
  })

  it('of all nodes tells which of them hold a breaker open', () => {
    const [store] = servicesOfCluster(clusterServicesOf(nodeNames(6), EPOCH_MS).services)
    const open = store?.routes.find(({ breaker }) => breaker === 'open')
    deepEqual(open?.notClosed, ['web@jobs-1'])
    equal(open?.callers, 5)
  })

  it('that nobody has called stands last', () => {
    const [row] = servicesOf(EPOCH_MS).rows
    if (row === undefined) throw new TypeError('a fixture is missing')
    const idle = {
      ...row,
      name: 'archive',
      routes: row.routes.map((each) => ({ ...each, sent: 0 })),
    }
    deepEqual(
      servicesOfNode([idle, row]).map(({ name }) => name),
      ['store', 'archive'],
    )
  })
})
