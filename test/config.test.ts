import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from '../src/config.ts'
import { listForwardTargets } from '../src/wiring/open-archive.ts'
import { updateSettings } from '../tools/docs/settings-table.ts'

const required = {
  API_TOKEN: 'api-token-0123456789',
  HOOK_TOKEN: 'hook-token-0123456789',
  ORTHANC_USER: 'service',
  ORTHANC_PASSWORD: 'secret',
}

describe('reading the configuration', () => {
  it('fills in defaults and freezes the result', () => {
    const config = readConfig(required)
    expect(config).toMatchObject({ PORT: 8080, SERIES_DESCRIPTION: 'HippoCrop' })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('names every missing and malformed setting in one sentence', () => {
    const environment = { ...required, HOOK_TOKEN: undefined, PORT: 'eighty', LOG_LEVEL: 'loud' }
    expect(() => readConfig(environment)).toThrow(/HOOK_TOKEN is not set/)
    expect(() => readConfig(environment)).toThrow(/PORT.*LOG_LEVEL|LOG_LEVEL.*PORT/)
  })

  it('rejects short tokens and the same token for two purposes', () => {
    expect(() => readConfig({ ...required, API_TOKEN: 'short' })).toThrow(/API_TOKEN/)
    const token = required.API_TOKEN
    for (const name of ['HOOK_TOKEN', 'OPERATOR_TOKEN', 'READER_TOKEN']) {
      expect(() => readConfig({ ...required, [name]: token })).toThrow(/must differ/)
    }
  })

  it('never repeats a secret in an error', () => {
    const tooShort = { ...required, API_TOKEN: 'hunter2' }
    expect(() => readConfig(tooShort)).toThrow(expect.not.stringContaining('hunter2'))
  })

  it('reads a secret from a file that NAME_FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hippovolume-config-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'password')
    writeFileSync(file, 'from a file\n')
    const environment = { ...required, ORTHANC_PASSWORD: undefined, ORTHANC_PASSWORD_FILE: file }
    expect(readConfig(environment).ORTHANC_PASSWORD).toBe('from a file')
  })

  it('names an unreadable file', () => {
    const environment = { ...required, API_TOKEN_FILE: '/nowhere/token' }
    expect(() => readConfig(environment)).toThrow(/API_TOKEN_FILE.*\/nowhere\/token/)
  })

  it('requires certificate and key, and the OIDC settings, together or not at all', () => {
    const oidc = {
      OIDC_ISSUER: 'https://id.example',
      OIDC_AUDIENCE: 'hippovolume',
      OIDC_JWKS_URL: 'https://id.example/keys',
    }
    expect(readConfig({ ...required, ...oidc }).OIDC_ROLES_CLAIM).toBe('roles')
    for (const name of Object.keys(oidc)) {
      const half = { ...required, ...oidc, [name]: undefined }
      expect(() => readConfig(half)).toThrow(`${name} is not set`)
    }
    expect(() => readConfig({ ...required, TLS_CERT_FILE: '/tls.crt' })).toThrow(/TLS_KEY_FILE/)
  })

  it('fetches keys of access tokens only over https', () => {
    const read = (url: string) =>
      readConfig({ ...required, OIDC_ISSUER: 'x', OIDC_AUDIENCE: 'y', OIDC_JWKS_URL: url })
    for (const url of [
      'http://id.example/keys',
      'file:///keys',
      'keys',
      'http://localhost.evil/',
    ]) {
      expect(() => read(url), url).toThrow(/OIDC_JWKS_URL must be an https address/)
    }
    for (const url of ['https://id.example/keys', 'http://127.0.0.1:8/keys', 'http://[::1]/k']) {
      expect(read(url).OIDC_JWKS_URL).toBe(url)
    }
  })

  it('accepts only addresses or networks as trusted proxies', () => {
    const read = (setting: string) => readConfig({ ...required, TRUST_PROXY: setting })
    expect(read('loopback, 10.0.0.0/8,::1').TRUST_PROXY).toBe('loopback, 10.0.0.0/8,::1')
    for (const wrong of [
      'true',
      '*',
      '10.0.0.0/33',
      '0.0.0.0/0',
      'proxy.example',
      '1',
      '10.0.0.1,',
    ]) {
      expect(() => read(wrong), wrong).toThrow(/TRUST_PROXY/)
    }
  })

  it('reads forwarding targets, and rejects invalid names', () => {
    const names = { FORWARD_MODALITIES: ' pacs, vna-2 ,pacs', FORWARD_PEERS: 'archive' }
    expect(listForwardTargets(readConfig({ ...required, ...names }))).toEqual([
      { kind: 'modality', name: 'pacs' },
      { kind: 'modality', name: 'vna-2' },
      { kind: 'peer', name: 'archive' },
    ])
    expect(listForwardTargets(readConfig(required))).toEqual([])
    const wrong = { ...required, FORWARD_PEERS: 'http://archive/' }
    expect(() => readConfig(wrong)).toThrow(/FORWARD_PEERS/)
  })

  it('matches docs/settings.md', () => {
    const page = readFileSync(new URL('../docs/settings.md', import.meta.url), 'utf8')
    expect(updateSettings(page)).toBe(page)
  })

  it.each([
    ['one letter over and over', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a piece over and over', 'secretsecretsecretsecret'],
    ['equal to a token', required.API_TOKEN],
  ])('rejects a pseudonym secret that is %s', (_what, secret) => {
    expect(() => readConfig({ ...required, PSEUDONYM_SECRET: secret })).toThrow(/PSEUDONYM_SECRET/)
  })

  it('rejects an invalid time zone', () => {
    expect(() => readConfig({ ...required, SITE_TIME_ZONE: 'Mars/Olympus' })).toThrow(
      /SITE_TIME_ZONE/,
    )
    expect(readConfig({ ...required, SITE_TIME_ZONE: 'Europe/Berlin' }).SITE_TIME_ZONE).toBe(
      'Europe/Berlin',
    )
  })
})
