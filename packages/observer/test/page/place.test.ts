/**
 * Addresses of the page: what is written can be read back, whatever a node is called.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { backOffMs, LONGEST_MS } from '#page/live/back-off'
import { addressOf, nodePath, placeOf } from '#page/place'

const read = (address: string) => {
  const { pathname, search } = new URL(address, 'http://localhost')
  const { query, ...place } = placeOf(pathname, search)
  return { ...place, query: Object.fromEntries(query) }
}

describe('an address', () => {
  it('of the cluster has no node', () => {
    deepEqual(read('/'), { node: undefined, page: '', rest: [], query: {} })
    deepEqual(read('/processes?top=mailbox'), {
      node: undefined,
      page: 'processes',
      rest: [],
      query: { top: 'mailbox' },
    })
  })

  it('that was written is read back, whatever is in it', () => {
    const [node, pid] = ['a/b ?#%@höst', '<a@b.12.1>']
    const address = nodePath(node, 'processes', [pid], { search: 'x & y', none: undefined })
    deepEqual(read(address), {
      node,
      page: 'processes',
      rest: [pid],
      query: { search: 'x & y' },
    })
  })

  it('that is broken is taken as it stands', () => {
    equal(read('/nodes/%E0%A4%A/logs').page, 'logs')
    equal(addressOf({}), '/')
  })
})

describe('the back-off', () => {
  it('doubles up to a limit, and half of it is chance', () => {
    equal(backOffMs(0, 0), 250)
    equal(backOffMs(0, 1), 500)
    equal(backOffMs(3, 1), 4_000)
    equal(backOffMs(50, 1), LONGEST_MS)
  })
})
