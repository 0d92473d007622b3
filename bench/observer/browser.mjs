/**
 * bench/observer/browser: a browser as the Observer sees it: a session, and a stream for each
 * of its windows that is read as it comes.
 *
 * Each has a loopback address of its own, as viewers of one address get 128 streams at most.
 */
import { request } from 'node:http'

/** Opens these windows, each a list of subjects; `at`: which of many browsers it is. */
export async function openBrowser(address, windows, at) {
  const session = await fetch(`${address}/api/session`)
  const cookie = session.headers.get('set-cookie').split(';')[0]
  const { csrf } = await session.json()
  const from = { cookie, csrf, localAddress: `127.0.0.${2 + (at % 250)}` }
  const opened = await Promise.all(windows.map((subjects) => openWindow(address, subjects, from)))
  return { close: () => Math.min(...opened.map((one) => one.close())) }
}

/** Looks at these subjects until it is closed; then it answers how often it was told. */
async function openWindow(address, subjects, { cookie, csrf, localAddress }) {
  const stream = await streamOf(address, { headers: { cookie }, localAddress })
  const frames = stream[Symbol.asyncIterator]()
  const first = new TextDecoder().decode((await frames.next()).value)
  if (stream.statusCode !== 200) throw new Error(`no stream: ${first}`)
  const { stream: id } = JSON.parse(first.slice('data: '.length))
  const headers = { cookie, 'content-type': 'application/json', 'x-troupe-csrf': csrf }
  const body = JSON.stringify({ subjects, everyMs: 1_000 })
  const wished = await fetch(`${address}/api/stream/${id}`, { method: 'POST', headers, body })
  if (wished.status !== 204) throw new Error(`the wish was answered with ${wished.status}`)
  let events = 0
  const read = async () => {
    while (!(await frames.next()).done) events += 1
  }
  void read().catch(() => {})
  return {
    close: () => {
      stream.destroy()
      return events
    },
  }
}

const streamOf = (address, options) =>
  new Promise((resolve, reject) => {
    request(`${address}/api/stream`, options, resolve).on('error', reject).end()
  })
