/**
 * Which files belong to a log, and which of them are too old.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logPath, rolledFiles, surplus } from '#log/rolled-files'

describe('a log path', () => {
  it('is taken apart, and gets .log when it has no extension', () => {
    const apart = { folder: 'logs', base: 'shop', extension: '.log' }
    assert.deepEqual(logPath('logs/shop.log'), apart)
    assert.deepEqual(logPath('logs/shop'), apart)
    assert.deepEqual(logPath('shop.json'), { folder: '.', base: 'shop', extension: '.json' })
  })
})

describe('rolled files', () => {
  const path = logPath('logs/shop.log')

  it('are told from others and sorted from old to new', () => {
    const names = [
      'shop.2025-03-02.1.log',
      'shop.2025-03-01.10.log',
      'shop.2025-03-01.9.log.gz',
      'shop.log',
      'shop.2025-03-01.9.log.gz.unfinished',
      'shop.a.1.log',
      'shopper.1.log',
      'shop.1.json',
    ]
    assert.deepEqual(rolledFiles(names, path), [
      'shop.2025-03-01.9.log.gz',
      'shop.2025-03-01.10.log',
      'shop.2025-03-02.1.log',
    ])
  })

  it('that are too many are the oldest, never the open one', () => {
    const names = ['shop.1.log', 'shop.2.log.gz', 'shop.3.log']
    assert.deepEqual(surplus(names, path, 'shop.3.log', 1), ['shop.1.log'])
    assert.deepEqual(surplus(names, path, 'shop.3.log', 0), ['shop.1.log', 'shop.2.log.gz'])
    assert.deepEqual(surplus(names, path, 'shop.3.log', 5), [])
  })

  it('of a name with signs of a pattern are only its own', () => {
    assert.deepEqual(rolledFiles(['a+b.1.log', 'aab.1.log'], logPath('a+b.log')), ['a+b.1.log'])
  })
})
