/**
 * page/model/tree: what of a supervision tree is drawn, where it stands, what its colours tell.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { boxClass, heatOf } from '#page/model/tree-colour'
import { type FoldedTree, foldTree, SIBLINGS_MAX, type TreeView } from '#page/model/tree-fold'
import { layoutKey, layoutTree } from '#page/model/tree-layout'
import { family, treeRow } from './rows.js'

const PLAIN: TreeView = { folded: new Set(), spread: new Set() }

const keys = ({ boxes }: FoldedTree): readonly string[] => boxes.map(({ key }) => key)

/** Everything that was told is drawn, counted by a box, below a folded one, or left out. */
function accounted(tree: FoldedTree): number {
  const more = tree.boxes.map((box) => (box.kind === 'more' ? box.count : 1))
  return more.reduce((sum, each) => sum + each, 0) + tree.leftOut
}

describe('folding of a tree', () => {
  it('draws a small tree whole, each box after its parent', () => {
    const tree = foldTree(family(['root', ['a', ['a1'], ['a2']], ['b']]), PLAIN)
    assert.deepEqual(keys(tree), ['root', 'a', 'b', 'a1', 'a2'])
    assert.equal(tree.leftOut, 0)
  })

  it('hides what is below a folded process and keeps the process', () => {
    const tree = foldTree(family(['root', ['a', ['a1']], ['b']]), {
      ...PLAIN,
      folded: new Set(['a']),
    })
    assert.deepEqual(keys(tree), ['root', 'a', 'b'])
    const folded = tree.boxes.find(({ key }) => key === 'a')
    assert.equal(folded?.kind === 'process' && folded.folded, true)
    assert.equal(tree.leftOut, 0)
  })

  it('puts many children without children into one box that tells their number', () => {
    const leaves = Array.from({ length: 500 }, (_, at) => [`w${at}`] as const)
    const rows = family(['pool', ...leaves])
    const tree = foldTree(rows, PLAIN)
    assert.equal(tree.boxes.length, 1 + SIBLINGS_MAX + 1)
    const more = tree.boxes.find(({ kind }) => kind === 'more')
    assert.equal(more?.kind === 'more' && more.count, 500 - SIBLINGS_MAX)
    assert.equal(accounted(tree), rows.length)
  })

  it('spreads them all when asked', () => {
    const leaves = Array.from({ length: 50 }, (_, at) => [`w${at}`] as const)
    const tree = foldTree(family(['pool', ...leaves]), { ...PLAIN, spread: new Set(['pool']) })
    assert.equal(tree.boxes.length, 51)
  })

  it('saves no box where one box would stand for one process', () => {
    const leaves = Array.from({ length: SIBLINGS_MAX + 1 }, (_, at) => [`w${at}`] as const)
    assert.equal(
      foldTree(family(['pool', ...leaves]), PLAIN).boxes.every(({ kind }) => kind === 'process'),
      true,
    )
  })

  it('draws those nearest to the roots first and tells what it left out', () => {
    const groups = Array.from(
      { length: 20 },
      (_, at) => [`s${at}`, [`s${at}x`], [`s${at}y`]] as const,
    )
    const rows = family(['root', ...groups])
    const tree = foldTree(rows, { ...PLAIN, drawnMax: 21 })
    assert.equal(tree.boxes.length, 21)
    assert.equal(
      tree.boxes.every(({ key }) => !/[xy]$/.test(key)),
      true,
    )
    assert.equal(tree.leftOut, 40)
    assert.equal(accounted(tree), rows.length)
  })

  it('makes a process whose parent was not told a root', () => {
    const rows = [treeRow('a', { parent: 'gone', depth: 3 })]
    const tree = foldTree(rows, PLAIN)
    assert.equal(tree.boxes[0]?.parent, undefined)
    assert.equal(accounted(tree), 1)
  })

  it('tells children that the node did not tell', () => {
    const rows = [treeRow('a', { depth: 0, children: 900 })]
    const [box] = foldTree(rows, PLAIN).boxes
    assert.equal(box?.kind === 'process' && box.childrenLeftOut, 900)
  })
})

describe('layout of a tree', () => {
  it('places a child right of its parent and lets no two boxes overlap', () => {
    const { boxes } = foldTree(family(['root', ['a', ['a1'], ['a2']], ['b', ['b1']]]), PLAIN)
    const picture = layoutTree(boxes)
    const at = new Map(picture.boxes.map((box) => [box.box.key, box]))
    for (const { key, parent } of boxes) {
      const [child, above] = [at.get(key), at.get(parent ?? '')]
      if (child !== undefined && above !== undefined) {
        assert.ok(child.x >= above.x + above.width)
      }
    }
    for (const one of picture.boxes) {
      for (const two of picture.boxes) {
        const apart = one.x !== two.x || Math.abs(one.y - two.y) >= one.height
        assert.ok(one === two || apart, `${one.box.key} and ${two.box.key}`)
      }
    }
    assert.equal(picture.lines.length, boxes.length - 1)
  })

  it('is the same while only figures change', () => {
    const before = foldTree([treeRow('a', { mailbox: 1 })], PLAIN).boxes
    const after = foldTree([treeRow('a', { mailbox: 900 })], PLAIN).boxes
    assert.equal(layoutKey(before), layoutKey(after))
  })

  it('is another one when a process has come', () => {
    const before = foldTree(family(['a']), PLAIN).boxes
    const after = foldTree(family(['a', ['b']]), PLAIN).boxes
    assert.notEqual(layoutKey(before), layoutKey(after))
  })

  it('takes names that look like those of objects for what they are', () => {
    const { boxes } = foldTree(family(['__proto__', ['constructor'], ['toString']]), PLAIN)
    assert.equal(layoutTree(boxes).lines.length, 2)
  })

  it('answers an empty picture for no boxes', () => {
    assert.deepEqual(layoutTree([]), { boxes: [], lines: [], width: 0, height: 0 })
  })
})

describe('colours of a tree', () => {
  it('rise with a mailbox', () => {
    const heats = [0, 1, 10, 100, 1_000, 1e6].map((length) => heatOf('mailbox', length))
    assert.deepEqual(heats, ['none', 'calm', 'warm', 'high', 'hot', 'hot'])
  })

  it('tell state and kind by name', () => {
    const row = treeRow('a', { state: 'waiting', kind: 'pool' })
    assert.equal(boxClass('state', row, undefined), 'state-waiting')
    assert.equal(boxClass('kind', row, undefined), 'kind-pool')
  })

  it('tell no rate before two looks', () => {
    assert.equal(boxClass('utilisation', treeRow('a'), undefined), 'heat-none')
    assert.equal(boxClass('throughput', treeRow('a'), undefined), 'heat-none')
  })

  it('rise with what comes and goes in a second', () => {
    const rates = { messagesIn: 60, messagesOut: 50, wakeUps: 0, utilisation: 0 }
    assert.equal(boxClass('throughput', treeRow('a'), rates), 'heat-high')
  })
})
