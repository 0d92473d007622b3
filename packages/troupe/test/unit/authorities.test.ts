/**
 * certificates: whoever gives the path of a file where its text is wanted is told so.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Certificates } from 'troupe'
import { asAuthorities } from '#contract'
import { testAuthority } from '#test/certificates'

const told = (given: unknown): string => {
  try {
    asAuthorities('tls.ca', given as string)
  } catch (thrown) {
    return (thrown as Error).message
  }
  return assert.fail('taken')
}

describe('authorities', () => {
  it('given as a path are refused with what to give instead', () => {
    for (const path of ['tls/ca.crt', './ca', 'ca.pem', '/etc/ssl/ca.crt', 'C:\\keys\\ca.cer'])
      assert.equal(
        told(path),
        `the option tls.ca is ${path}: this looks like a path; ` +
          `give what the file holds: readFileSync('${path}', 'utf8')`,
      )
    assert.match(told(['a.pem', 'b.pem']), /tls\.ca is a\.pem: this looks like a path/)
  })

  it('that are something else are not called a path', () => {
    const damaged = '-----BEGIN CERTIFICATE-----\n/x\n-----END CERTIFICATE-----'
    for (const other of ['', 'ca', 'A/'.repeat(1_000), 7, [], null, 'a\nb.pem', damaged, '-----/x'])
      assert.match(told(other), /is (without a certificate|damaged): give PEM certificates/)
  })
})

describe('a certificate or a key', () => {
  it('given as a path is refused with what reads files, and the path is not told', async () => {
    const { cert } = await (await testAuthority()).issue()
    const making = (pair: { cert: string; key: string }) => () => new Certificates(pair)
    const isPath = /but looks like a path; loadCertificates reads files/
    assert.throws(making({ cert: 'b.crt', key: 'b.key' }), { message: isPath })
    assert.throws(making({ cert, key: 'keys/b.key' }), (error: Error) => {
      assert.match(error.message, isPath)
      return !error.message.includes('b.key')
    })
  })
})
