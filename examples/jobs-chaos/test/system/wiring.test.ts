/**
 * test/system/wiring.test: each program has relays of its own to an etcd, and walls between both.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { between } from '#chaos/net/walls'
import type { Place } from '#chaos/system/places'
import { Wiring } from '#chaos/system/wiring'

/** A member that says back what it hears. */
async function openMember(t: TestContext): Promise<string> {
  const server = createServer((socket) => void socket.on('error', () => {}).pipe(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const placeOf = (index: number): Place => ({
  ...{ role: 'coordinator', index, node: `jobs${index}@localhost`, port: 1, livenessPort: 2 },
  webPort: 0,
})

const endpointsIn = (words: readonly string[]): readonly string[] =>
  words[words.indexOf('--etcd') + 1]?.split(',') ?? []

describe('the wiring of a cluster on an etcd', () => {
  it('gives each program relays of its own, through which it reaches every member', async (t) => {
    const endpoints = new Map([
      ['etcd1', await openMember(t)],
      ['etcd2', await openMember(t)],
    ])
    const places = [placeOf(1), placeOf(2)]
    const wiring = await Wiring.open(places, () => new Map(), endpoints)
    t.after(() => wiring.close())
    const [one, two] = places.map((place) => endpointsIn(wiring.wordsFor(place)))
    assert.equal(new Set([...(one ?? []), ...(two ?? []), ...endpoints.values()]).size, 6)
    assert.ok(wiring.wordsFor(placeOf(1)).join(' ').includes('--registrar etcd --etcd 127.0.0.1:'))
    for (const endpoint of one ?? []) {
      const line = connect({ host: '127.0.0.1', port: Number(endpoint.split(':')[1]) })
      line.write('hello')
      const [said] = (await once(line, 'data')) as [Buffer]
      assert.equal(`${said}`, 'hello')
      line.destroy()
    }
  })

  it('parts one of them from one member, and from no other', async (t) => {
    const endpoints = new Map([
      ['etcd1', await openMember(t)],
      ['etcd2', await openMember(t)],
    ])
    const wiring = await Wiring.open([placeOf(1)], () => new Map(), endpoints)
    t.after(() => wiring.close())
    const fall = wiring.walls.build(between(['jobs1@localhost'], ['etcd1'], 'both'))
    const heard: string[] = []
    const lines = endpointsIn(wiring.wordsFor(placeOf(1))).map((endpoint, at) => {
      const line = connect({ host: '127.0.0.1', port: Number(endpoint.split(':')[1]) })
      line.on('data', () => heard.push(`etcd${at + 1}`))
      line.write('hello')
      return line
    })
    const [first, second] = lines
    if (first === undefined || second === undefined) assert.fail('there are two lines')
    await once(second, 'data')
    assert.deepEqual(heard, ['etcd2'])
    const comes = once(first, 'data')
    fall()
    await comes
    assert.deepEqual(heard, ['etcd2', 'etcd1'])
    for (const line of lines) line.destroy()
  })

  it('says nothing of an etcd where there is none', async (t) => {
    const wiring = await Wiring.open([], () => new Map())
    t.after(() => wiring.close())
    assert.ok(!wiring.wordsFor(placeOf(1)).includes('--etcd'))
  })
})
