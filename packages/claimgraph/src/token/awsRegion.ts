/** Whether a text has the form of an AWS region in any partition, such as eu-central-1, us-gov-west-1 or eusc-de-east-1. */
export function isAwsRegion(text: string): boolean {
  return /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text);
}

/**
 * The domain that the services of a region are below (`dnsSuffix` of AWS's partitions.json, which a test holds this to).
 * Whoever is asked in another partition's domain is somebody else.
 */
export function awsDomainOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
}

/** By how the names of their regions begin; GovCloud and all others have the common domain. */
const partitions: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];
