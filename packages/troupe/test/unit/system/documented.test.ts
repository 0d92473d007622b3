/**
 * The page of reference names every question and every order, and no other.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { systemProtocol } from 'troupe'
import { ORDERS } from '#apps/system/orders'

const PAGE = new URL('../../../../../docs/reference/system.md', import.meta.url)

/** The words in the first column of a section's table. */
function namesIn(section: string): readonly string[] {
  const text = readFileSync(PAGE, 'utf8').split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? ''
  const cells = text.split('\n').map((line) => line.split('|')[1] ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name))
}

describe('the page "What a node answers"', () => {
  it('names every question and no other', () => {
    const names = namesIn('Questions').filter((name) => name !== 'system')
    assert.deepEqual([...names].sort(), Object.keys(systemProtocol.messages).sort())
  })

  it('names every order and no other', () => {
    const names = namesIn('Orders').filter((name) => name !== 'do')
    assert.deepEqual([...names].sort(), Object.keys(ORDERS).sort())
  })
})
