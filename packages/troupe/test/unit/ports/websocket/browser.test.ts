/** ports/websocket with a real browser: what a page sends and hears, and which pages may. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { launchBrowser } from '@troupe/tools/browser'
import { partSkip } from '@troupe/tools/parts'
import type { Browser, Page } from 'playwright-core'
import { webPort } from 'troupe'
import {
  connectionIn,
  type Served,
  type ServeOptions,
  served,
  until,
} from '#test/unit/ports/websocket/ws-kit'

async function browserOf(t: TestContext): Promise<Browser> {
  const browser = await launchBrowser()
  t.after(() => browser.close())
  return browser
}

/** A page of a server that also takes sockets. */
async function pageOf(
  t: TestContext,
  options: ServeOptions = {},
): Promise<Served & { readonly page: Page }> {
  const all = await served(t, { path: '/socket', ...options })
  const { node, listener } = all
  const serve = (_request: unknown, response: ServeAnswer): void => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>sockets</title>')
  }
  await node.spawn(webPort, { args: [{ listener, serve }] })
  const page = await (await browserOf(t)).newPage()
  await page.goto(`http://127.0.0.1:${listener.port}/`)
  return { ...all, page }
}

interface ServeAnswer {
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/** Opens a socket in the page, sends, and gives what it has heard until it is closed. */
const SPEAK = `(url) => new Promise((resolve) => {
  const heard = []
  const socket = new WebSocket(url, ['echo'])
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => {
    heard.push('open ' + socket.protocol + ' ' + socket.extensions)
    socket.send('grüße')
    socket.send(new Uint8Array([1, 2, 3]))
    socket.send('long '.repeat(10_000))
  }
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') heard.push([...new Uint8Array(data)].join())
    else heard.push(data.length > 100 ? String(data.length) : data)
    if (heard.length === 4) socket.close(4001, 'enough')
  }
  socket.onclose = ({ code, reason }) => resolve([...heard, code + ' ' + reason])
})`

const speak = (page: Page, url: string): Promise<readonly string[]> =>
  page.evaluate(`(${SPEAK})(${JSON.stringify(url)})`)

const OPTIONS: ServeOptions = { protocols: ['echo'], as: { reply: (body) => body } }

describe('a page in a browser', { timeout: 180_000, skip: partSkip('chromium') }, () => {
  it('sends and hears text and bytes, and says why it closes', async (t) => {
    const { page, told, port } = await pageOf(t, OPTIONS)
    const heard = await speak(page, `ws://127.0.0.1:${port}/socket`)
    assert.deepEqual(heard, ['open echo ', 'grüße', '1,2,3', '50000', '4001 enough'])
    await until(() => told.disconnected.length === 1)
    const { end, code, reason } = told.disconnected[0] ?? assert.fail()
    assert.deepEqual([end, code, reason], ['peer-closed', 4001, 'enough'])
    assert.equal(told.connected[0]?.headers['origin'], `http://127.0.0.1:${port}`)
  })

  it('agrees on compression', async (t) => {
    const { page, port } = await pageOf(t, { ...OPTIONS, compression: true })
    const heard = await speak(page, `ws://127.0.0.1:${port}/socket`)
    assert.match(heard[0] ?? '', /^open echo permessage-deflate/)
    assert.deepEqual(heard.slice(1), ['grüße', '1,2,3', '50000', '4001 enough'])
  })

  it('of another host gets no connection', async (t) => {
    const { page, port, node, sockets } = await pageOf(t, OPTIONS)
    // The same machine, yet another name: another origin.
    await page.goto(`http://localhost:${port}/`)
    const heard = await speak(page, `ws://127.0.0.1:${port}/socket`)
    assert.deepEqual(heard, ['1006 '])
    assert.equal((await node.call(sockets, 'counters')).originsRefused, 1)
  })

  it('that is closed is told as gone', async (t) => {
    const { page, told, node, port } = await pageOf(t)
    const url = `ws://127.0.0.1:${port}/socket`
    await page.evaluate(`new Promise((resolve) => {
      globalThis.socket = new WebSocket('${url}')
      socket.onopen = resolve
    })`)
    await until(() => told.connected.length === 1)
    const ended = node.ended(connectionIn(told))
    await page.close()
    await ended
    await until(() => told.disconnected.length === 1)
    assert.ok(['peer-closed', 'connection-lost'].includes(told.disconnected[0]?.end ?? ''))
  })
})
