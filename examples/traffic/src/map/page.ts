/**
 * map/page: the files of the map page, read once at the start, and how they are answered.
 *
 * Only what was read is answered: no path of a request ever reaches the disk. The page may load
 * nothing from anywhere else, run no script but its own files and be framed by nobody.
 */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { WebResponse } from 'troupe'
import { landJson } from './land.js'

/** The folders of the page, relative to this file once it is built. */
const FOLDERS = [
  new URL('../../page/', import.meta.url),
  new URL('../../dist-page/', import.meta.url),
]

const TYPES: Readonly<Record<string, string>> = Object.freeze({
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
})

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = Object.freeze({
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
})

interface PageFile {
  readonly bytes: Uint8Array
  readonly type: string
  readonly etag: string
}

/** The files by their path on the server; the page itself is `/map`. */
export type PageFiles = ReadonlyMap<string, PageFile>

function pageFile(bytes: Uint8Array, name: string): PageFile {
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  return { bytes, type, etag: `"${digest}"` }
}

/** Who made the shores, and the positions where they are not our own. */
const SHORES = 'shores: Natural Earth'
const BUSES =
  'positions: buses of Capital Metro, Austin, collected by CapMetrics, © 2015 Sean Cascketta, MIT'

/** What is to be credited where this recording is shown; undefined for no recording. */
export const creditOf = (recording: string | undefined): string =>
  recording !== undefined && /austin-buses/.test(recording) ? `${BUSES}; ${SHORES}` : SHORES

/** Reads all files of the page, which will name its sources. */
export async function readPage(credit: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>()
  for (const folder of FOLDERS) {
    for (const name of await readdir(folder)) {
      if (TYPES[extname(name)] === undefined || name === 'tsconfig.json') continue
      const path = name === 'index.html' ? '/map' : `/map/${name}`
      files.set(path, pageFile(await readFile(new URL(name, folder)), name))
    }
  }
  files.set('/map/land.json', pageFile(Buffer.from(await landJson()), 'land.json'))
  files.set('/map/credit.json', pageFile(Buffer.from(JSON.stringify(credit)), 'credit.json'))
  return files
}

/** The answer to a request below `/map`. */
export function answerPage(files: PageFiles, request: Request): WebResponse {
  const { pathname, search } = new URL(request.url)
  // From there the relative links of the page would lead elsewhere.
  if (pathname === '/map/') return { status: 308, headers: { location: `/map${search}` } }
  const file = files.get(pathname)
  if (file === undefined) return { status: 404, headers: HEADERS, body: 'there is nothing here\n' }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return {
      status: 405,
      headers: { ...HEADERS, allow: 'GET, HEAD' },
      body: 'only GET and HEAD here\n',
    }
  }
  const headers = { ...HEADERS, 'content-type': file.type, etag: file.etag }
  if (request.headers.get('if-none-match') === file.etag) return { status: 304, headers }
  return { status: 200, headers, body: file.bytes }
}
