/**
 * cluster/registrar/embedded: strangers, liars and floods at the socket of a host harm nobody.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KEY, Town } from '#test/simulation/embedded-kit'
import { Stranger } from '#test/simulation/stranger'

async function townOfTwo() {
  const town = new Town(11)
  const server = town.start('a')
  await town.until(() => server.isJoined, 500)
  town.start('b')
  await town.until(() => town.isWhole, 500)
  return { town, server, unharmed: () => assert.ok(town.isWhole && server.member.isServing) }
}

const HELLO = (given: object) => JSON.stringify({ word: 'hello', applications: [], ...given })

describe('at the socket of a host', () => {
  it('who does not know the cookie is sent away before anything is read, and counted', async () => {
    const { town, server, unharmed } = await townOfTwo()
    const wrong = await Stranger.dial(town)
    await wrong.greets(town, new Uint8Array(32).fill(9))
    assert.equal(wrong.isClosed, true)
    const noise = await Stranger.dial(town)
    await noise.says(town, Buffer.alloc(200, 'x'))
    assert.equal(noise.isClosed, true)
    const mute = await Stranger.dial(town)
    await mute.says(town, Buffer.from('T'))
    assert.equal(mute.isClosed, false)
    await town.clock.advance(3_000)
    assert.equal(mute.isClosed, true)
    assert.deepEqual(server.refusedThere, { GREETING_INVALID: 1, PROOF_MISSING: 1 })
    unharmed()
  })

  it('a proof that was seen once is worth nothing a second time', async () => {
    const { town, unharmed } = await townOfTwo()
    const honest = await Stranger.dial(town)
    const said: Uint8Array[] = []
    const write = honest.link.write.bind(honest.link)
    honest.link.write = (bytes) => {
      said.push(Uint8Array.from(bytes))
      write(bytes)
    }
    await honest.greets(town, KEY)
    assert.equal(said.length, 2)
    const thief = await Stranger.dial(town)
    await thief.says(town, Buffer.concat(said))
    assert.equal(thief.isClosed, true)
    unharmed()
  })

  it('words that mean nothing, too long lines and floods end their link alone', async () => {
    const { town, server, unharmed } = await townOfTwo()
    for (const text of ['no json', '[]', 'null', '{"word":"rule"}', '{"word":"find","id":"x"}']) {
      const one = await Stranger.dial(town)
      await one.greets(town, KEY)
      await one.line(town, text)
      assert.equal(one.isClosed, true, text)
    }
    const long = await Stranger.dial(town)
    await long.greets(town, KEY)
    await long.line(town, 'x'.repeat(4_200_000))
    assert.equal(long.isClosed, true)
    const flood = await Stranger.dial(town)
    await flood.greets(town, KEY)
    await flood.line(town, '{"word":"beat"}\n'.repeat(20_001).trimEnd())
    assert.equal(flood.isClosed, true)
    await town.clock.advance(600)
    const {
      WORD_INVALID: words,
      LINE_TOO_LONG: lines,
      WORDS_TOO_MANY: floods,
    } = server.refusedThere
    assert.deepEqual({ words, lines, floods }, { words: 5, lines: 1, floods: 1 })
    unharmed()
  })

  it('a route that cannot be is refused, and so are changes of who is not registered', async () => {
    const { town, server, unharmed } = await townOfTwo()
    const hostile = { node: '__proto__', creation: -1, addresses: 'all', state: 'up', version: 5 }
    const one = await Stranger.dial(town)
    await one.greets(town, KEY)
    await one.line(town, HELLO({ secret: 's', route: hostile }))
    assert.match(one.lines.join(), /ROUTE_INVALID/)
    await one.line(town, '{"word":"application","route":{"name":"x"}}')
    await one.line(town, '{"word":"application-gone","name":"x"}')
    await one.line(town, '{"word":"leaving"}')
    await one.line(town, '{"word":"again"}')
    assert.equal(one.lines.filter((line) => line.includes('"all"')).length, 0)
    assert.equal(server.table.nodes().length, 1)
    unharmed()
  })

  it('a thousand who dial and say nothing keep nobody out for long', async () => {
    const { town, unharmed } = await townOfTwo()
    for (let at = 0; at < 3_000; at += 1) {
      void town.path.placeOf(town.network.host('stranger').life).dial()
    }
    await town.clock.advance(10)
    unharmed()
    const late = town.start('late')
    const tookMs = await town.until(() => late.isJoined, 4_000)
    assert.ok(tookMs !== undefined && tookMs < 3_000, `${tookMs}`)
    assert.deepEqual(town.wrong, [])
  })
})
