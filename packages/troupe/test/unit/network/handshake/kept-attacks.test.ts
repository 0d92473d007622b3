/**
 * network/handshake: attacks that met a fault once are tried for ever.
 */
import { describe, it } from 'node:test'
import { keptLines } from '#test/corpus'
import { attack } from './attacks.js'

describe('an attack on a handshake that was worth keeping', () => {
  it('lets nobody in', () => {
    for (const line of keptLines('handshake-seeds')) attack(Number(line))
  })
})
