/**
 * web/page: the live page, read once at the start.
 *
 * One file with its script and its style; the browser is told their digests and runs nothing else.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { WebResponse } from 'troupe'

const FILE = new URL('../../page/index.html', import.meta.url)

export interface Page {
  readonly html: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

const digest = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The digests of what stands between such tags. */
function digestsOf(html: string, tag: 'script' | 'style'): string {
  const found = [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))]
  return found.map(([, text = '']) => digest(text)).join(' ')
}

/** Reads the page; rejects when its file is not there. */
export async function readPage(): Promise<Page> {
  const html = await readFile(FILE, 'utf8')
  const policy = [
    "default-src 'none'",
    `script-src ${digestsOf(html, 'script')}`,
    `style-src ${digestsOf(html, 'style')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-cache',
    etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`,
  }
  return { html: Buffer.from(html), headers }
}

export function answerPage({ html, headers }: Page, request: Request): WebResponse {
  if (request.headers.get('if-none-match') === headers['etag']) return { status: 304, headers }
  return { status: 200, headers, body: html }
}
