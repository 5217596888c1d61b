import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { makeTestKey } from '../support/test-key.ts';
import { describeZone, examine } from './doctor-examination.ts';

/** Started inside a network of its own, examines a zone at the port given and prints the report as JSON. */
const zone = 'dyn.example.test';
const limits = { ...defaultDoctorLimits, connectTimeoutMs: 300, answerTimeoutMs: 300 };
const report = await examine(describeZone(Number(process.argv[2]), zone, makeTestKey(zone)), { limits });
console.log(JSON.stringify(report));
