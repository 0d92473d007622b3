/** web/attempts: wrong tokens of one customer of a network, however his addresses are written. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { placeOfAddress } from '#observer/web/address'
import { Attempts } from '#observer/web/attempts'

/** How many tokens these addresses may try in one moment. */
function triesOf(addresses: readonly string[]): number {
  const attempts = new Attempts(() => 0)
  let tries = 0
  for (const address of addresses) {
    while (attempts.waitMs(address) === 0) {
      attempts.failed(address)
      tries += 1
    }
  }
  return tries
}

const thousand = (make: (at: string) => string): string[] =>
  Array.from({ length: 1_000 }, (_, at) => make((at + 1).toString(16)))

describe('wrong tokens', () => {
  it('of a thousand addresses of one network of IPv6 are those of one address', () => {
    for (const make of [
      (at: string) => `2001:db8::${at}`,
      (at: string) => `2001:db8::${at}:0:0:1`,
      (at: string) => `2001:DB8:0:0::${at}`,
      (at: string) => `2001:0db8:0000:0000:0:0:0:${at}`,
      (at: string) => `2001:db8::1:${at}%eth0`,
      (at: string) => `2001:db8::${at}:192.0.2.1`,
      (at: string) => `2001:db8:0:0:${at}::`,
      (at: string) => `::${at}`,
    ]) {
      assert.equal(triesOf(thousand(make)), 10, make('1'))
    }
  })

  it('of addresses that do not belong together are counted apart', () => {
    const addresses = ['2001:db8::1', '2001:db8:0:1::1', '2001:db8:1::1', '192.0.2.1', '::1']
    assert.equal(triesOf(addresses), 50)
    assert.equal(triesOf(['::ffff:192.0.2.1', '::ffff:192.0.2.2']), 20)
  })
})

describe('the place of an address', () => {
  for (const [place, ...spellings] of [
    ['2001:db8:0:0', '2001:db8::1', '2001:0DB8:0::ffff', '2001:db8:0:0:1:2:3:4', '2001:db8::'],
    ['192.0.2.1', '192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:c000:0201'],
    ['0:0:0:0', '::', '::1', '0::2', '::192.0.2.1'],
    ['1:2:3:4', '1:2:3:4:5:6:7::', '1:2:3:4::', '1:2:3:4:5:6:192.0.2.1'],
    ['unknown', 'unknown'],
  ]) {
    it(`is ${place} however it is written`, () => {
      for (const one of spellings) assert.equal(placeOfAddress(one), place, one)
    })
  }
})
