/**
 * A change of the configuration is written at the level that the row told when it was opened.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigSheet } from 'troupe'
import { configFieldsOf, configOrder } from '#page/model/config-change'

const entryAt = (
  level: ConfigSheet['level'],
  value: unknown,
  rest: Partial<ConfigSheet> = {},
): ConfigSheet => ({
  ...{ item: 'jobs.max', value, type: 'number', level, whole: true, hidden: false },
  ...{ node: undefined, ...rest },
})

const AT = 'a@localhost'

describe('a change of the configuration', () => {
  it('goes to the level of its entry, whatever that was before', () => {
    // The row of an item is one row, though its entry goes from level to level.
    const levels = (['cluster', 'cluster-node', 'global', 'node'] as const).map(
      (level) => configOrder(configFieldsOf(entryAt(level, 1)), AT)['level'],
    )
    deepEqual(levels, ['cluster', 'cluster-node', 'global', 'node'])
  })

  it('names the node of its entry at the levels that have one, and at no other', () => {
    const nodeOf = (entry: ConfigSheet) => configOrder(configFieldsOf(entry), AT)['node']
    equal(nodeOf(entryAt('cluster-node', 1, { node: 'b@localhost' })), 'b@localhost')
    equal(nodeOf(entryAt('node', 1)), AT)
    equal(nodeOf(entryAt('cluster', 1, { node: 'b@localhost' })), undefined)
    equal(nodeOf(entryAt('global', 1)), undefined)
  })

  it('begins with the value and the type of its entry', () => {
    const order = configOrder(configFieldsOf(entryAt('cluster', '7', { type: 'string' })), AT)
    deepEqual(order, {
      ...{ do: 'config-put', item: 'jobs.max', level: 'cluster' },
      ...{ value: '7', type: 'string' },
    })
  })

  it('begins with nothing where the value is not told', () => {
    const hidden = { whole: false, hidden: true, type: 'string' } as const
    const { draft } = configFieldsOf(entryAt('cluster', '[redacted]', hidden))
    deepEqual(draft, { kind: 'text', text: '' })
  })

  it('that adds an entry begins empty, for the cluster', () => {
    const { item, level, node, draft } = configFieldsOf(undefined)
    deepEqual([item, level, node, draft.text], ['', 'cluster', undefined, ''])
  })
})
