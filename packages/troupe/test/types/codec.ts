/**
 * types: what must and must not compile with codecs for classes of one's own.
 *
 * Compiling this file is the test.
 */
import { expectTypeOf } from 'expect-type'
import { type CustomCodec, registerCodec } from 'troupe'

class Money {
  readonly cents: number
  constructor(cents: number) {
    this.cents = cents
  }
}

/** What `encode` gives is what `decode` takes, and nothing has to be written twice. */
export const inferred = (): void => {
  registerCodec({
    name: 'money',
    class: Money,
    encode: (money) => {
      expectTypeOf(money).toEqualTypeOf<Money>()
      return { cents: money.cents }
    },
    decode: (data) => {
      expectTypeOf(data).toEqualTypeOf<{ cents: number }>()
      return new Money(data.cents)
    },
  })
  registerCodec({
    name: 'pattern',
    matches: (value) => value instanceof RegExp,
    encode: (pattern: RegExp) => pattern.source,
    decode: (source) => new RegExp(source),
  })
}

export const refused = (): void => {
  registerCodec({
    name: 'money',
    class: Money,
    encode: ({ cents }) => ({ cents }),
    // @ts-expect-error a codec makes objects of its class
    decode: ({ cents }) => cents,
  })
  // @ts-expect-error a codec needs a way back
  registerCodec({ name: 'money', class: Money, encode: ({ cents }) => ({ cents }) })
}

expectTypeOf<CustomCodec<Money, number>['decode']>().toEqualTypeOf<(data: number) => Money>()
