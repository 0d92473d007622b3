/** web/page-files: what of the page has an address, and what has none. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { surfacesOf } from '#observer/contract/options'
import { type AppParts, observerApp } from '#observer/web/app'
import { pageFileOf, readPageFiles } from '#observer/web/page-files'

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-page-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

describe('the files of the page', () => {
  it('have a type, an ETag of what is in them, and say whether they ever change', async (t) => {
    const folder = folderOf(t, {
      'index.html': '<!doctype html>',
      'app-ABCD2345.js': 'export {}',
      'secret.pem': 'not for you',
    })
    const files = await readPageFiles(folder)
    assert.deepEqual([...files.keys()].sort(), ['/app-ABCD2345.js', '/index.html'])
    const [page, program] = [files.get('/index.html'), files.get('/app-ABCD2345.js')]
    assert.equal(page?.type, 'text/html; charset=utf-8')
    assert.equal(page?.isHashed, false)
    assert.equal(program?.isHashed, true)
    assert.match(program?.etag ?? '', /^"[\w-]{22}"$/)
    assert.notEqual(program?.etag, page?.etag)
  })

  it('are the first page for each address of a page, and no other thing', async (t) => {
    const files = await readPageFiles(folderOf(t, { 'index.html': 'x' }))
    const found = (path: string, accept = 'text/html') => pageFileOf(files, path, accept)?.type
    assert.match(String(found('/nodes/a@b.example/processes')), /html/)
    assert.match(String(found('/')), /html/)
    assert.match(String(found('/', '*/*')), /html/)
    assert.match(String(found('/', '')), /html/)
    assert.equal(found('/app-OLDOLD22.js', '*/*'), undefined)
    assert.equal(found('/../secret.pem', '*/*'), undefined)
    assert.equal(found('/..%2fsecret.pem', '*/*'), undefined)
  })

  it('are none where the page was not built', async (t) => {
    const files = await readPageFiles(join(folderOf(t, {}), 'nothing'))
    assert.equal(files.size, 0)
  })

  it('answer a HEAD as a GET, without what is in them', async (t) => {
    const files = await readPageFiles(folderOf(t, { 'index.html': '<!doctype html>' }))
    const [surface] = surfacesOf({})
    const app = observerApp({ surface, files, own: 'a@x', cookieName: 'c' } as unknown as AppParts)
    const ask = async (method: string, path: string) => {
      const headers = { host: '127.0.0.1', accept: '*/*' }
      const request = new Request(`http://127.0.0.1${path}`, { method, headers })
      const answer = await app.fetch(request, { remoteAddress: '192.0.2.1' } as never)
      return { status: answer.status, headers: [...answer.headers], text: await answer.text() }
    }
    for (const path of ['/', '/index.html']) {
      const [whole, head] = [await ask('GET', path), await ask('HEAD', path)]
      assert.deepEqual([whole.status, whole.text], [200, '<!doctype html>'])
      assert.deepEqual(head, { ...whole, text: '' })
      assert.equal(new Map(head.headers).get('content-length'), '15')
    }
    assert.equal((await ask('HEAD', '/nothing.js')).status, 404)
  })
})
