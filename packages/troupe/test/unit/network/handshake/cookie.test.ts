/**
 * network/handshake: the cookie of a user, in a file that nobody else can read or put there.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { TroupeError } from 'troupe'
import {
  type CookieFacts,
  judgeCookieFile,
  judgeCookieFolder,
  requireCookie,
} from '#network/handshake/cookie'
import { cookieOfUser, defaultCookiePath } from '#network/handshake/cookie-file'

/** A place for a cookie that ends with the test. */
async function place(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'troupe-cookie-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  return join(root, 'home', '.troupe', 'cookie')
}

async function kept(t: TestContext, text: string, mode: number): Promise<string> {
  const path = await place(t)
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

async function problemOf(path: string): Promise<string> {
  const thrown = await cookieOfUser(path, randomBytes).then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(TroupeError.is(thrown, 'COOKIE_FILE_REFUSED'), String(thrown))
  assert.equal(thrown.detail.path, path)
  return thrown.message
}

const GOOD = 'k'.repeat(43)

describe('the cookie of a user', () => {
  it('is made by the first node, for its user only, and is the same for the next', async (t) => {
    const path = await place(t)
    const cookie = await cookieOfUser(path, randomBytes)
    assert.match(cookie, /^[A-Za-z0-9_-]{43}$/)
    assert.equal(await cookieOfUser(path, randomBytes), cookie)
    assert.equal(await readFile(path, 'utf8'), `${cookie}\n`)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal((await stat(join(path, '..'))).mode & 0o777, 0o700)
    assert.deepEqual(await readdir(join(path, '..')), ['cookie'])
  })

  it('is one, however many nodes start at the same moment', async (t) => {
    const path = await place(t)
    const all = Array.from({ length: 32 }, () => cookieOfUser(path, randomBytes))
    assert.equal(new Set(await Promise.all(all)).size, 1)
    assert.deepEqual(await readdir(join(path, '..')), ['cookie'])
  })

  it('is that of the faster node, should it appear between looking and making', async (t) => {
    const path = await place(t)
    const other = 'f'.repeat(43)
    const overtaken = (length: number): Uint8Array => {
      writeFileSync(path, other, { mode: 0o600 })
      return randomBytes(length)
    }
    assert.equal(await cookieOfUser(path, overtaken), other)
    assert.deepEqual(await readdir(join(path, '..')), ['cookie'])
  })

  it('may be written by hand', async (t) => {
    assert.equal(await cookieOfUser(await kept(t, GOOD, 0o600), randomBytes), GOOD)
    assert.equal(await cookieOfUser(await kept(t, `${GOOD}\r\n`, 0o400), randomBytes), GOOD)
  })

  it('lies in the home of the user', () => {
    assert.equal(
      defaultCookiePath(() => '/home/me'),
      join('/home/me', '.troupe', 'cookie'),
    )
  })

  it('is refused when the user has no home', () => {
    const homes = [
      () => '',
      () => 'here',
      () => {
        throw new Error('no such user')
      },
    ]
    for (const home of homes)
      assert.throws(() => defaultCookiePath(home), { code: 'COOKIE_FILE_REFUSED' })
  })

  it('is refused when others may read the file, with the command that mends it', async (t) => {
    for (const mode of [0o640, 0o604, 0o620, 0o602, 0o777]) {
      const path = await kept(t, GOOD, mode)
      const problem = await problemOf(path)
      assert.ok(problem.includes(`run: chmod 600 '${path}'`), problem)
      assert.ok(!problem.includes(GOOD))
      await chmod(path, 0o600)
      assert.equal(await cookieOfUser(path, randomBytes), GOOD)
    }
  })

  it('is refused when others may put another file in its place', async (t) => {
    const path = await kept(t, GOOD, 0o600)
    const folder = join(path, '..')
    await chmod(folder, 0o770)
    assert.ok((await problemOf(path)).includes(`run: chmod 700 '${folder}'`))
    await chmod(folder, 0o755)
    assert.equal(await cookieOfUser(path, randomBytes), GOOD)
  })

  it('is refused when it is a symbolic link, also one that leads nowhere', async (t) => {
    const path = await place(t)
    const real = await kept(t, GOOD, 0o600)
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
    await symlink(real, path)
    assert.match(await problemOf(path), /it is a symbolic link/)
    await rm(path)
    await symlink(`${real}-gone`, path)
    assert.match(await problemOf(path), /it is a symbolic link/)
  })

  it('is refused when it is no file, without waiting for one', async (t) => {
    const path = await place(t)
    await mkdir(path, { recursive: true, mode: 0o700 })
    assert.match(await problemOf(path), /it is no small file/)
    const pipe = join(path, 'pipe')
    await promisify(execFile)('mkfifo', ['-m', '600', pipe])
    assert.match(await problemOf(pipe), /it is no small file/)
    const large = await kept(t, 'k'.repeat(5_000), 0o600)
    assert.match(await problemOf(large), /it is no small file/)
  })

  it('is refused when what the file holds is none', async (t) => {
    for (const text of [
      '',
      '\n',
      'short',
      `${GOOD} ${GOOD}`,
      `${GOOD}\n${GOOD}\n`,
      'k'.repeat(1_025),
    ])
      assert.match(await problemOf(await kept(t, text, 0o600)), /it holds no line of 16 to 1024/)
  })

  it('is refused when its folder cannot be made', async (t) => {
    const file = await kept(t, GOOD, 0o600)
    assert.match(await problemOf(join(file, 'cookie')), /it cannot be made/)
  })
})

describe('the judgement of a cookie file', () => {
  const sound: CookieFacts = { kind: 'file', uid: 1_000, mode: 0o100600, text: GOOD }

  it('refuses what belongs to another user', () => {
    assert.equal(judgeCookieFile('/c', sound, 1_000).kind, 'use')
    const verdict = judgeCookieFile('/c', sound, 1_001)
    assert.ok(verdict.kind === 'refuse')
    assert.match(verdict.problem, /it belongs to the user 1000, not to 1001/)
    const folder = { uid: 1_000, mode: 0o40700 }
    assert.equal(judgeCookieFolder('/', folder, 1_000), undefined)
    assert.equal(judgeCookieFolder('/', folder, 0)?.kind, 'refuse')
  })

  it('does not look at users where there are none', () => {
    const open: CookieFacts = { ...sound, uid: 0, mode: 0o100666 }
    assert.equal(judgeCookieFile('/c', open, undefined).kind, 'use')
    assert.equal(judgeCookieFolder('/', { uid: 0, mode: 0o40777 }, undefined), undefined)
  })

  it('refuses what cannot be read', () => {
    const verdict = judgeCookieFile('/c', { kind: 'unreadable', problem: 'EACCES' }, 1)
    assert.deepEqual(verdict, {
      kind: 'refuse',
      problem: 'EACCES; mend that, or give the option cookie',
    })
  })
})

describe('a cookie that is given', () => {
  it('has 16 to 1,024 characters, and is told to nobody', () => {
    for (const good of ['k'.repeat(16), 'ü'.repeat(1_024), 'with blanks between words'])
      requireCookie(good)
    for (const bad of ['', 'secret', 'k'.repeat(15), 'k'.repeat(1_025)])
      assert.throws(
        () => requireCookie(bad),
        (error: unknown) =>
          TroupeError.is(error, 'OPTION_INVALID') && error.detail.value === '(hidden)',
      )
  })
})
