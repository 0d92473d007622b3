/**
 * Items of the configuration in the types that a program asks for.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { TypedItems } from '#cluster/config/typed-items'
import { type ConfigValue, type Logger, type StandardSchema, TroupeError } from '#contract'

function stage(values: Record<string, ConfigValue> = {}) {
  const told: unknown[] = []
  const lines: string[] = []
  const log = {
    warning: (message: string) => lines.push(message),
    error: (message: string) => lines.push(message),
  } as unknown as Logger
  const items = new TypedItems({
    value: (item) => values[item],
    tell: (event) => told.push(event),
    log: () => log,
  })
  const set = (item: string, value: ConfigValue | undefined): void => {
    if (value === undefined) delete values[item]
    else values[item] = value
    items.changed(item)
  }
  return { items, set, told, lines }
}

const hasCode = (code: string) => (error: unknown) =>
  error instanceof TroupeError && error.code === code

describe('an item of the configuration', () => {
  it('is given as it is when no type is asked for', () => {
    const { items } = stage({ port: 8080, name: 'web', wide: 2n ** 60n, on: false })
    const values = ['port', 'name', 'wide', 'on'].map((item) => items.item(item, undefined))
    assert.deepEqual(values, [8080, 'web', 2n ** 60n, false])
  })

  it('is unknown when it is not there and nothing stands for it', () => {
    const { items } = stage()
    assert.throws(() => items.item('port', undefined), hasCode('CONFIG_UNKNOWN'))
    assert.throws(() => items.item('port', z.number()), hasCode('CONFIG_UNKNOWN'))
    assert.equal(items.item('port', 8080), 8080)
    assert.equal(items.item('port', z.number().default(9090)), 9090)
  })

  it('has the type of its default, or what fitted last, and a misfit is told once', () => {
    const { items, set, told, lines } = stage({ port: '80' })
    assert.equal(items.item('port', 8080), 8080)
    assert.equal(items.item('port', 8080), 8080)
    const problem = 'it is a string where a number is asked for'
    assert.deepEqual(told, [{ kind: 'config-invalid', item: 'port', problem }])
    set('port', 81)
    assert.equal(items.item('port', 8080), 81)
    set('port', true)
    assert.equal(items.item('port', 8080), 81)
    assert.equal(told.length, 2)
    assert.equal(lines.length, 2)
    assert.equal(items.refused, 2)
    set('port', undefined)
    assert.equal(items.item('port', 8080), 8080)
    set('port', true)
    assert.equal(items.item('port', 8080), 8080, 'what was taken away does not come back')
  })

  it('is what the schema makes of it', () => {
    const { items, set, told } = stage({ hosts: 'a, b', port: 80 })
    const hosts = z.string().transform((text) => text.split(', '))
    assert.deepEqual(items.item('hosts', hosts), ['a', 'b'])
    const port = z.number().max(65_535)
    assert.equal(items.item('port', port), 80)
    set('port', 70_000)
    assert.equal(items.item('port', port), 80)
    assert.match(JSON.stringify(told), /"config-invalid".*65535/)
    const fresh = (): unknown => items.item('port', z.number().max(65_535))
    assert.throws(fresh, hasCode('CONFIG_INVALID'))
    assert.throws(fresh, hasCode('CONFIG_INVALID'))
    assert.equal(told.length, 1, 'another schema that says the same tells nothing new')
  })

  it('is told without what its schema says when its name is that of a secret', () => {
    const { items, told } = stage({ 'db.password': 'sesame', colour: 'sesame' })
    const schema = z.string().refine(() => false, { error: ({ input }) => `not ${input}` })
    for (const [item, isShown] of [
      ['db.password', false],
      ['colour', true],
    ] as const) {
      assert.throws(
        () => items.item(item, schema),
        (error) => hasCode('CONFIG_INVALID')(error) && /sesame/.test(String(error)) === isShown,
      )
      assert.equal(/sesame/.test(JSON.stringify(told.at(-1))), isShown)
    }
    assert.equal(told.length, 2)
  })

  it('is refused when the schema throws or answers later', () => {
    const { items } = stage({ port: 80 })
    const schema = (validate: () => never | Promise<never>): StandardSchema => ({
      '~standard': { version: 1, vendor: 'test', validate },
    })
    const throwing = schema(() => {
      throw new RangeError('no')
    })
    const late = schema(() => Promise.reject(new RangeError('no')))
    for (const foul of [throwing, late])
      assert.throws(() => items.item('port', foul), hasCode('CONFIG_INVALID'))
  })
})

describe('who follows an item', () => {
  it('is given what holds now, and each other value that holds later', () => {
    const { items, set } = stage({ workers: 2 })
    const seen: number[] = []
    const stop = items.follow('workers', 4, (count) => seen.push(count))
    set('workers', 3)
    set('other', 1)
    set('workers', 'many')
    set('workers', 3)
    set('workers', undefined)
    set('workers', 5)
    stop()
    set('workers', 6)
    assert.deepEqual(seen, [2, 3, 4, 5])
  })

  it('keeps what it has when nothing holds any more', () => {
    const { items, set, lines } = stage({ level: 'info' })
    const seen: string[] = []
    items.follow('level', z.enum(['info', 'debug']), (level) => seen.push(level))
    set('level', undefined)
    set('level', 'loud')
    set('level', 'debug')
    assert.deepEqual(seen, ['info', 'debug'])
    assert.deepEqual(lines, ['a configuration item does not fit; the old value goes on'])
  })

  it('is told at once when there is nothing to begin with', () => {
    const { items } = stage()
    const never = (): void => assert.fail('nothing was there')
    assert.throws(() => items.follow('level', z.string(), never), hasCode('CONFIG_UNKNOWN'))
  })

  it('may throw, and the others are told all the same', () => {
    const { items, set, lines } = stage({ workers: 1 })
    const seen: number[] = []
    items.follow('workers', 0, (count) => {
      if (count === 2) throw new RangeError('two')
    })
    const stop = items.follow('workers', 0, (count) => {
      seen.push(count)
      if (count === 3) stop()
    })
    for (const count of [2, 3, 4]) set('workers', count)
    assert.deepEqual(seen, [1, 2, 3])
    assert.deepEqual(lines, ['who follows the configuration threw'])
  })
})
