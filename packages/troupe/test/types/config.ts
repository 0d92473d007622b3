/**
 * An item of the configuration has the type of its default, or of its schema.
 */
import { expectTypeOf } from 'expect-type'
import type { Node } from 'troupe'
import { z } from 'zod'
import type { ConfigValue } from '#contract'

export function itemsAreTyped({ cluster }: Node): void {
  expectTypeOf(cluster.configItem('port')).toEqualTypeOf<ConfigValue>()
  expectTypeOf(cluster.configItem('port', 8080)).toEqualTypeOf<number>()
  expectTypeOf(cluster.configItem('level', 'info')).toEqualTypeOf<string>()
  expectTypeOf(cluster.configItem('wide', 1n)).toEqualTypeOf<bigint>()
  expectTypeOf(cluster.configItem('on', false)).toEqualTypeOf<boolean>()
  const level = z.enum(['info', 'debug'])
  expectTypeOf(cluster.configItem('level', level)).toEqualTypeOf<'info' | 'debug'>()
  cluster.followConfig('workers', 4, (count) => expectTypeOf(count).toEqualTypeOf<number>())
  cluster.followConfig('level', level, (one) => expectTypeOf(one).toEqualTypeOf<'info' | 'debug'>())
  // @ts-expect-error a list is no value of the configuration
  cluster.configItem('hosts', ['a'])
}
