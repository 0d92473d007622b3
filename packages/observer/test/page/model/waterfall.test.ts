/**
 * page/model/waterfall: spans of several nodes on one time axis.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROWS_MAX, waterfall } from '#page/model/waterfall'
import { span } from './rows.js'

const order = (picture: ReturnType<typeof waterfall>): readonly string[] =>
  picture.rows.map((row) => `${'.'.repeat(row.depth)}${row.span.spanId}`)

describe('a waterfall', () => {
  it('puts each span below its parent, brothers by their begin', () => {
    const picture = waterfall([
      span('late', 30, { parentId: 'root' }),
      span('root', 0),
      span('inner', 12, { parentId: 'early' }),
      span('early', 10, { parentId: 'root' }),
    ])
    assert.deepEqual(order(picture), ['root', '.early', '..inner', '.late'])
    assert.equal(picture.tookMs, 40)
    assert.deepEqual(picture.movedMs, {})
  })

  it('joins what sender and receiver know of one span', () => {
    const picture = waterfall([
      span('x', 0, { deliveredMs: undefined, processedMs: undefined }),
      span('x', 0, { node: 'b@h', sentMs: undefined, deliveredMs: 5, processedMs: 9 }),
    ])
    assert.equal(picture.rows.length, 1)
    const [row] = picture.rows
    assert.deepEqual([row?.sentMs, row?.deliveredMs, row?.endMs, row?.open], [0, 5, 9, false])
    assert.equal(row?.span.node, 'b@h')
  })

  it('moves a node whose clock is behind, with all that follows from it', () => {
    const picture = waterfall([
      span('root', 1_000),
      span('far', 400, { parentId: 'root', node: 'b@h' }),
      span('further', 405, { parentId: 'far', node: 'c@h' }),
    ])
    assert.deepEqual(picture.movedMs, { 'b@h': 600, 'c@h': 595 })
    assert.deepEqual(
      picture.rows.map(({ sentMs }) => sentMs),
      [0, 0, 0],
    )
  })

  it('leaves a node alone whose clock may be right', () => {
    const picture = waterfall([span('root', 0), span('far', 50, { parentId: 'root', node: 'b@h' })])
    assert.deepEqual(picture.movedMs, {})
    assert.equal(picture.rows[1]?.sentMs, 50)
  })

  it('hangs a span whose parent nobody told at the root, marked', () => {
    const picture = waterfall([span('root', 0), span('child', 5, { parentId: 'gone' })])
    assert.deepEqual(
      picture.rows.map(({ depth, orphan }) => [depth, orphan]),
      [
        [0, false],
        [0, true],
      ],
    )
  })

  it('shows spans that name each other as parents, each once', () => {
    const picture = waterfall([
      span('a', 0, { parentId: 'b' }),
      span('b', 1, { parentId: 'a' }),
      span('self', 2, { parentId: 'self' }),
    ])
    assert.deepEqual(order(picture), ['a', '.b', 'self'])
  })

  it('marks what was not seen to end', () => {
    const [row] = waterfall([span('a', 0, { processedMs: undefined })]).rows
    assert.equal(row?.open, true)
    assert.equal(row?.endMs, 1)
    const sentOnly = { deliveredMs: undefined, processedMs: undefined }
    assert.equal(waterfall([span('a', 0, sentOnly)]).rows[0]?.open, false)
  })

  it('shows what waits in a mailbox where its cause began, and moves no clock for it', () => {
    const waits = { sentMs: undefined, deliveredMs: undefined, processedMs: undefined }
    const picture = waterfall([
      span('root', 5_000),
      span('far', 0, { ...waits, parentId: 'root', node: 'b@h' }),
    ])
    assert.deepEqual(picture.movedMs, {})
    assert.deepEqual(
      [picture.rows[1]?.sentMs, picture.rows[1]?.open, picture.tookMs],
      [0, true, 10],
    )
  })

  it('never lets a span end before it began', () => {
    const [row] = waterfall([span('a', 10, { deliveredMs: 4, processedMs: 2 })]).rows
    assert.deepEqual([row?.sentMs, row?.deliveredMs, row?.endMs], [0, 0, 0])
  })

  it('shows the earliest of too many and tells the others', () => {
    const many = Array.from({ length: ROWS_MAX + 7 }, (_, at) => span(`s${at}`, at))
    const picture = waterfall(many)
    assert.equal(picture.rows.length, ROWS_MAX)
    assert.equal(picture.leftOut, 7)
  })

  it('is empty for no spans', () => {
    assert.deepEqual(waterfall([]), {
      rows: [],
      startMs: 0,
      tookMs: 0,
      nodes: [],
      movedMs: {},
      leftOut: 0,
    })
  })
})
