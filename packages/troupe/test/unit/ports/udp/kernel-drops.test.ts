/** ports/udp/kernel-drops: the column the kernel counts its drops in. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dropsInTable, kernelDrops } from '#ports/udp/kernel-drops'

const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 7546: 00000000:C3CD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 39594 2 00000000bfbef4a5 9
14600: 0100007F:DF5B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 39589 2 00000000125695d3 2744
`
const UDP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
14600: 00000000000000000000000001000000:DF5B 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 39590 2 00000000a8f16104 3
  100: B80D0120000000000000000001000000:DF5B 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 39590 2 00000000a8f16104 4
`

describe('the drops of a socket', () => {
  it('are found by its address and port', () => {
    assert.equal(dropsInTable(UDP, { host: '127.0.0.1', port: 0xdf5b }), 2_744)
    assert.equal(dropsInTable(UDP, { host: '0.0.0.0', port: 0xc3cd }), 9)
    assert.equal(dropsInTable(UDP6, { host: '::1', port: 0xdf5b }), 3)
    assert.equal(dropsInTable(UDP6, { host: '2001:db8::1', port: 0xdf5b }), 4)
    assert.equal(dropsInTable(UDP6, { host: '2001:db8:0:0:0:0:0:1', port: 0xdf5b }), 4)
  })

  it('are unknown, not 0, where the table does not name it', () => {
    assert.equal(dropsInTable(UDP, { host: '127.0.0.1', port: 1 }), 'unknown')
    assert.equal(dropsInTable('', { host: '127.0.0.1', port: 0xdf5b }), 'unknown')
    assert.equal(dropsInTable(UDP, { host: 'localhost', port: 0xdf5b }), 'unknown')
  })

  it('are unknown for all when one is', async () => {
    assert.equal(await kernelDrops([{ host: '127.0.0.1', port: 0 }]), 'unknown')
    assert.equal(await kernelDrops([]), 0)
  })
})
