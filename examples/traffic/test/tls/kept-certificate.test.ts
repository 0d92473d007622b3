/** tls/kept-certificate: the same certificate at every start, or the reason why it is another. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { dataFolder } from '#test/list/setting'
import {
  CERTIFICATE_NAME,
  certificateLines,
  keptCertificate,
  RENEW_BEFORE_MS,
} from '#traffic/tls/kept-certificate'
import { LOCAL_HOSTS, VALID_DAYS } from '#traffic/tls/self-signed'

const NOW_MS = Date.UTC(2_026, 0, 5)
const LIFE_MS = VALID_DAYS * 86_400_000

const start = (folder: string | undefined, nowMs = NOW_MS, hosts = LOCAL_HOSTS) =>
  keptCertificate({ folder, hosts, nowMs })

/** A folder in which a first start has left its certificate. */
async function started(t: TestContext) {
  const folder = dataFolder(t)
  const { certificates, file = '' } = await start(folder)
  return { folder, file, fingerprint: certificates.info.fingerprint }
}

describe('the certificate of a data folder', () => {
  it('is the same at the next start, and nobody but its user may read it', async (t) => {
    const { folder, file, fingerprint } = await started(t)
    const next = await start(folder, NOW_MS + LIFE_MS - RENEW_BEFORE_MS)
    assert.equal(next.certificates.info.fingerprint, fingerprint)
    assert.equal(next.reason, undefined)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(folder), [CERTIFICATE_NAME])
  })

  it('is printed with its fingerprint, where it lies and how long it holds', async (t) => {
    const { folder, file, fingerprint } = await started(t)
    assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    assert.deepEqual(certificateLines(await start(folder)), [
      `certificate SHA-256 ${fingerprint}`,
      `certificate kept in ${file} until 2027-02-06`,
    ])
    const key = readFileSync(file, 'latin1').split('PRIVATE KEY-----')[1] ?? ''
    assert.doesNotMatch(certificateLines(await start(folder)).join(), new RegExp(key.slice(2, 40)))
  })

  for (const [told, nowMs] of [
    ['has ended', NOW_MS + LIFE_MS + 1_000],
    ['is about to end', NOW_MS + LIFE_MS - RENEW_BEFORE_MS + 1_000],
    ['has not begun', NOW_MS - 2 * 3_600_000],
  ] as const) {
    it(`is made anew when it ${told}, and that one is kept`, async (t) => {
      const { folder, fingerprint } = await started(t)
      const anew = await start(folder, nowMs)
      assert.notEqual(anew.certificates.info.fingerprint, fingerprint)
      assert.match(anew.reason ?? '', /^the one before (ended|ends|begins) on \d{4}-\d\d-\d\d$/)
      assert.match(certificateLines(anew)[1] ?? '', /^certificate made anew for .*: the one before/)
      const next = await start(folder, nowMs)
      assert.equal(next.certificates.info.fingerprint, anew.certificates.info.fingerprint)
    })
  }

  for (const [told, damage] of [
    ['is empty', (file: string) => writeFileSync(file, '')],
    ['is cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, -40))],
    ['is of another', (file: string) => writeFileSync(file, 'dear diary')],
    ['is far too large', (file: string) => writeFileSync(file, Buffer.alloc(1_000_000))],
    ['could be read by others', (file: string) => chmodSync(file, 0o640)],
    [
      'holds a key that was changed',
      (file: string) =>
        writeFileSync(file, readFileSync(file, 'latin1').replace(/(KEY-----\n.{40})./s, '$1!')),
    ],
  ] as const) {
    it(`is made anew when its file ${told}`, async (t) => {
      const { folder, file, fingerprint } = await started(t)
      damage(file)
      const anew = await start(folder)
      assert.notEqual(anew.certificates.info.fingerprint, fingerprint)
      assert.ok((anew.reason ?? '').length > 0)
      assert.equal(anew.file, file)
      assert.equal(statSync(file).mode & 0o777, 0o600)
      const next = await start(folder)
      assert.equal(next.certificates.info.fingerprint, anew.certificates.info.fingerprint)
    })
  }

  it('is not the one of another pair: certificate and key have to belong together', async (t) => {
    const [one, two] = [await started(t), await started(t)]
    const [cert] = readFileSync(one.file, 'latin1').split('-----BEGIN PRIVATE')
    const [, key] = readFileSync(two.file, 'latin1').split('-----BEGIN PRIVATE')
    writeFileSync(one.file, `${cert}-----BEGIN PRIVATE${key}`)
    assert.equal((await start(one.folder)).reason, 'what lies there is no certificate with its key')
  })

  it('is made anew when it does not hold for a name that is wanted now', async (t) => {
    const { folder } = await started(t)
    const { reason } = await start(folder, NOW_MS, [...LOCAL_HOSTS, 'depot.example'])
    assert.equal(reason, 'the one before does not hold for depot.example')
  })
})

describe('a certificate that cannot be kept', () => {
  it('holds for this run alone when nothing is kept', async () => {
    const [one, two] = [await start(undefined), await start(undefined)]
    assert.notEqual(one.certificates.info.fingerprint, two.certificates.info.fingerprint)
    assert.equal(certificateLines(one)[1], 'certificate of this run alone: nothing is kept')
  })

  it('holds for this run alone on a disk that does not take it, and that is told', async (t) => {
    const folder = dataFolder(t)
    mkdirSync(join(folder, CERTIFICATE_NAME, 'in the way'), { recursive: true })
    const { file, reason, certificates } = await start(folder)
    assert.equal(file, undefined)
    assert.match(reason ?? '', /^what lies there is no file, and it cannot be kept: /)
    assert.ok(certificates.info.validToMs > NOW_MS)
    assert.deepEqual(readdirSync(folder), [CERTIFICATE_NAME])
  })
})
