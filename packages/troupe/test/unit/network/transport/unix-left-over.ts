/**
 * A program that listens at a Unix socket until it is killed.
 */
import { createServer } from 'node:net'

const [path = ''] = process.argv.slice(2)
createServer().listen(path, () => process.send?.('listening'))
