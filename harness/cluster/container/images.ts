import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Docker } from '../../platform/docker.ts'
import { EnvironmentMissing } from '../../platform/errors.ts'

/** Default images. */
const publicImages = {
  /** Base image of a node. */
  node: 'node:24-slim',
  postgres: 'postgres:18-alpine',
  redis: 'redis:8-alpine',
  toxiproxy: 'ghcr.io/shopify/toxiproxy:2.12.0',
}
export type Images = typeof publicImages

/** Returns the images to use. `SQUALL_IMAGE_POSTGRES` and so on override the defaults, for example with images of a private registry. */
export function imagesFrom(env: Record<string, string | undefined>): Images {
  const named = Object.entries(publicImages).map(([name, usual]) => [
    name,
    env[`SQUALL_IMAGE_${name.toUpperCase()}`] || usual,
  ])
  return Object.fromEntries(named) as Images
}

export const systemImage = 'squall-node'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** The files that the Dockerfile copies, listed individually because the Docker client applies .dockerignore to files only. */
const sources = () => [
  ...['package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json'],
  ...readdirSync(join(root, 'system'), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name))),
]

/**
 * Builds the image of a node from `system/Dockerfile`; nearly instant when nothing has changed. The image is kept for later runs. The
 * build uses the host's network.
 */
export async function buildSystemImage({ api }: Docker, base: string) {
  const stream = await api.buildImage(
    { context: root, src: sources() },
    { t: systemImage, dockerfile: 'system/Dockerfile', buildargs: { NODE_IMAGE: base }, networkmode: 'host', rm: true },
  )
  const lines = await new Promise<{ error?: string; stream?: string }[]>((resolve, reject) =>
    api.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output))),
  )
  const failed = lines.find(({ error }) => error !== undefined)
  if (failed)
    throw new EnvironmentMissing(`cannot build the image of a node from system/Dockerfile: ${reasonIn(lines)}`)
}

/** The builder's last line says only which command failed; the line before it says why. */
const reasonIn = (lines: readonly { error?: string; stream?: string }[]) =>
  lines
    .map(({ error, stream }) => (error ?? stream ?? '').trim())
    .filter(Boolean)
    .slice(-2)
    .join('; ')
