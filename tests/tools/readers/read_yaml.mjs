#!/usr/bin/env node
// Reads YAML with readers that tenantry does not share code with, and compares what they see with what was meant.
//
//     read_yaml.mjs FILE.yaml FILE.json
//
// FILE.yaml is a stream of documents; FILE.json holds an array with the value of each. Values and types must match: the
// text "1", the number 1 and true are three different things. Prints one line per difference.
//
// Exit status: 0 if every reader agrees, 1 on any difference, 2 if the arguments or FILE.json are unusable.
// Needs the packages of package.json, installed beside this file with `npm ci`.

import { readFileSync } from 'node:fs'
import { CORE_SCHEMA, YAML11_SCHEMA, loadAll } from 'js-yaml'
import { parseAllDocuments } from 'yaml'

/** A reader of the package `yaml`. Keys that are not text would become text in an object, so maps stay maps. */
const yamlPackage = (version) => (text) => {
  const documents = parseAllDocuments(text, { version, prettyErrors: false, uniqueKeys: true })
  return Array.from(documents, (document) => {
    const [problem] = [...document.errors, ...document.warnings]
    if (problem) return problem
    return document.toJS({ mapAsMap: true })
  })
}

const READERS = {
  'yaml 1.2': yamlPackage('1.2'),
  'yaml 1.1': yamlPackage('1.1'),
  'js-yaml 1.2': (text) => loadAll(text, { schema: CORE_SCHEMA }),
  'js-yaml 1.1': (text) => loadAll(text, { schema: YAML11_SCHEMA }),
}

/** Whether a value is a map; js-yaml and JSON.parse show maps as plain objects. */
const isMap = (value) => value instanceof Map || Object.prototype.toString.call(value) === '[object Object]'

/** The entries of a map. */
const entries = (value) => new Map(value instanceof Map ? value : Object.entries(value))

/** Yields a line for each place where the two values are not the same. */
function* differences(wanted, found, place) {
  if (isMap(wanted) && isMap(found)) {
    const [these, those] = [entries(wanted), entries(found)]
    for (const key of those.keys()) if (!these.has(key)) yield `${place}: unexpected key ${show(key)}`
    for (const [key, value] of these) {
      if (those.has(key)) yield* differences(value, those.get(key), `${place}.${show(key)}`)
      else yield `${place}: missing key ${show(key)}`
    }
  } else if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length !== found.length) yield `${place}: expected ${wanted.length} items, found ${found.length}`
    const shared = Math.min(wanted.length, found.length)
    for (let at = 0; at < shared; at++) yield* differences(wanted[at], found[at], `${place}[${at}]`)
  } else if (wanted !== found) {
    yield `${place}: expected ${show(wanted)}, found ${show(found)}`
  }
}

/** A value on one line of ASCII. */
function show(value) {
  let text = JSON.stringify(value) ?? String(value)
  if (value instanceof Error) text = `error ${JSON.stringify(value.message)}`
  if (value instanceof Map) text = JSON.stringify([...value])
  if (value instanceof Date) text = `date ${text}`
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Yields the differences of one reader. */
function* check(name, read, text, wanted) {
  let found
  try {
    found = read(text)
  } catch (error) {
    yield `${name}: ${show(error)}`
    return
  }
  if (found.length !== wanted.length) yield `${name}: expected ${wanted.length} documents, found ${found.length}`
  const shared = Math.min(wanted.length, found.length)
  for (let at = 0; at < shared; at++) yield* differences(wanted[at], found[at], `${name}: document ${at}`)
}

/** Text and expected documents, or nothing if they cannot be read. */
function load([yamlFile, jsonFile]) {
  try {
    const wanted = JSON.parse(readFileSync(jsonFile, 'utf8'))
    if (!Array.isArray(wanted)) throw new TypeError(`${jsonFile} holds no array`)
    return { text: readFileSync(yamlFile, 'utf8'), wanted }
  } catch (error) {
    console.error(`usage: read_yaml.mjs FILE.yaml FILE.json (${error.message})`)
    process.exitCode = 2
  }
}

const input = load(process.argv.slice(2))
if (input) {
  for (const [name, read] of Object.entries(READERS)) {
    for (const line of check(name, read, input.text, input.wanted)) {
      console.log(line)
      process.exitCode = 1
    }
  }
}
