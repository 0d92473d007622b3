/**
 * testing/conformance/registrar-config: the cases of a registrar about the configuration.
 *
 * Four levels, one value: this node in this cluster, this node whatever its cluster, everybody in
 * this cluster, everybody.
 */
import assert from 'node:assert/strict'
import type { ConfigPlace } from '#cluster/config/config-store'
import type { ConfigChange, ConfigValue } from '#contract'
import type { RegistrarFact, RegistrarPlay } from './registrar-stage.js'

/** From the weakest to the strongest. */
const levelsOf = (node: string): readonly ConfigPlace[] => [
  { level: 'global' },
  { level: 'cluster' },
  { level: 'node', node },
  { level: 'cluster-node', node },
]
const EVERYBODY: ConfigPlace = Object.freeze({ level: 'cluster' })

const set = async (
  play: RegistrarPlay,
  place: ConfigPlace,
  item: string,
  value: ConfigValue,
): Promise<void> => {
  await play.stage.setConfig?.(place, item, value)
}

export const CONFIG_FACTS: readonly RegistrarFact[] = Object.freeze([
  {
    title: 'the value of the strongest level holds, and each change of it is told once',
    play: async (play) => {
      const a = await play.begin('a')
      const told: string[] = []
      let before: string | undefined
      for (const place of levelsOf(a.node)) {
        await set(play, place, 'colour', place.level)
        told.push(`config-updated colour ${before} ${place.level}`)
        await a.hears(told.at(-1) as string)
        assert.deepEqual({ ...a.registrar.config(['colour']) }, { colour: place.level })
        const { level } = place
        assert.deepEqual(
          [...(a.registrar.configHeld?.() ?? [])],
          [{ item: 'colour', value: level, level, node: 'node' in place ? place.node : undefined }],
        )
        before = place.level
      }
      for (const place of levelsOf(a.node).toReversed()) {
        await play.stage.removeConfig?.(place, 'colour')
        const at = levelsOf(a.node).findIndex(({ level }) => level === place.level)
        const next = levelsOf(a.node)[at - 1]?.level
        told.push(`config-updated colour ${place.level} ${next}`)
        await a.hears(told.at(-1) as string)
      }
      assert.deepEqual(a.told(), told)
      assert.deepEqual({ ...a.registrar.config() }, {})
    },
  },
  {
    title: 'what a node writes holds for all whom it is for, until it is taken away',
    play: async (play) => {
      const [a, b] = [await play.begin('a'), await play.begin('b')]
      const change = (given: ConfigChange): Promise<boolean | undefined> =>
        play.stage.until(a.registrar.changeConfig?.(given) ?? Promise.resolve(undefined))
      const colour = { item: 'colour', level: 'cluster' } as const
      assert.equal(await change({ ...colour, value: 'int:7' }), false)
      await b.hears('config-updated colour undefined int:7')
      assert.equal(await change({ ...colour, value: 2n ** 70n }), true)
      await b.hears(`config-updated colour int:7 ${2n ** 70n}`)
      const own = { item: 'colour', level: 'cluster-node', node: a.node } as const
      assert.equal(await change({ ...own, value: true }), false)
      await a.hears(`config-updated colour ${2n ** 70n} true`)
      assert.deepEqual({ ...b.registrar.config() }, { colour: 2n ** 70n })
      assert.equal(await change(own), true)
      assert.equal(await change(own), false)
      assert.equal(await change(colour), true)
      await b.hears(`config-updated colour ${2n ** 70n} undefined`)
    },
  },
  {
    title: 'a change that a stronger level hides is not told',
    play: async (play) => {
      const a = await play.begin('a')
      await set(play, { level: 'cluster-node', node: a.node }, 'colour', 'mine')
      await a.hears('config-updated colour undefined mine')
      await set(play, { level: 'global' }, 'colour', 'theirs')
      await set(play, EVERYBODY, 'fence', 'there')
      await a.hears('config-updated fence undefined there')
      assert.equal(a.told().length, 2)
      assert.equal(a.registrar.config()['colour'], 'mine')
    },
  },
  {
    title: 'what is said to another node is not heard',
    play: async (play) => {
      const { a, b } = await play.pair()
      await set(play, { level: 'cluster-node', node: b.node }, 'colour', 'theirs')
      await set(play, { level: 'node', node: b.node }, 'shape', 'theirs')
      await set(play, EVERYBODY, 'fence', 'there')
      await a.hears('config-updated fence undefined there')
      // Levels may be told of on lines of their own, and overtake each other.
      await b.hears('config-updated colour undefined theirs')
      await b.hears('config-updated shape undefined theirs')
      await b.hears('config-updated fence undefined there')
      assert.deepEqual({ ...a.registrar.config() }, { fence: 'there' })
      assert.deepEqual(
        { ...b.registrar.config(['colour', 'shape']) },
        {
          colour: 'theirs',
          shape: 'theirs',
        },
      )
    },
  },
  {
    title: 'the configuration that is there is known when the start has settled, and not told',
    play: async (play) => {
      await set(play, EVERYBODY, 'colour', 'blue')
      const a = await play.begin('a')
      assert.deepEqual({ ...a.registrar.config() }, { colour: 'blue' })
      await set(play, EVERYBODY, 'fence', 'there')
      await a.hears('config-updated fence undefined there')
      assert.equal(a.told().length, 1)
    },
  },
  {
    title: 'items that are not there are left out',
    play: async (play) => {
      await set(play, EVERYBODY, 'colour', 'blue')
      const a = await play.begin('a')
      assert.deepEqual({ ...a.registrar.config(['colour', 'nothing']) }, { colour: 'blue' })
      assert.deepEqual({ ...a.registrar.config(['toString', '__proto__']) }, {})
    },
  },
  {
    title: 'values have the types that their prefixes say',
    play: async (play) => {
      const typed = { n: 'int:42', big: 'int:9007199254740993', x: 'float:1.5', yes: 'bool:true' }
      for (const [item, value] of Object.entries(typed)) await set(play, EVERYBODY, item, value)
      const a = await play.begin('a')
      assert.deepEqual(
        { ...a.registrar.config(Object.keys(typed)) },
        { n: 42, big: 9_007_199_254_740_993n, x: 1.5, yes: true },
      )
    },
  },
  {
    title: 'an entry that cannot be read is told, and the old value goes on',
    play: async (play) => {
      await set(play, EVERYBODY, 'n', 'int:42')
      const a = await play.begin('a')
      await set(play, EVERYBODY, 'n', 'int:many')
      await a.hears('config-invalid n')
      assert.deepEqual({ ...a.registrar.config() }, { n: 42 })
      await set(play, EVERYBODY, 'n', 'int:43')
      await a.hears('config-updated n 42 43')
      assert.deepEqual(a.told(), ['config-invalid n', 'config-updated n 42 43'])
    },
  },
] satisfies RegistrarFact[])
