/**
 * Public suffixes without the Public Suffix List (which changes weekly and is a megabyte): one label; a generic second
 * level below a country code; and suffixes of hosting providers under which strangers get names. Known to be incomplete,
 * and only used by the profile `webpki` to refuse wildcards that no CA may issue (BR 3.2.2.6).
 */
const secondLevel =
  /^(?:ac|asn|co|com|edu|gen|go|gob|gouv|gov|govt|gv|id|ind|info|ltd|me|mil|ne|net|nhs|nom|or|org|plc|police|res|sch|school)\.[a-z]{2}$/;

const providers =
  /^(?:s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com|compute(?:-1)?\.amazonaws\.com|elasticbeanstalk\.com|cloudfront\.net|appspot\.com|blogspot\.com|web\.app|firebaseapp\.com|run\.app|github\.io|gitlab\.io|herokuapp\.com|azurewebsites\.net|cloudapp\.net|blob\.core\.windows\.net|netlify\.app|vercel\.app|pages\.dev|workers\.dev|fly\.dev|onrender\.com)$/;

/** Whether names directly below this one belong to different people. */
export function isPublicSuffix(name: string): boolean {
  return !name.includes('.') || secondLevel.test(name) || providers.test(name);
}
