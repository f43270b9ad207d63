/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field numbers of the finding, append-only.  Made by tools/make-fields from
 * core/fields.def; do not edit.
 */
#ifndef TOCSIN_FIELDS_H
#define TOCSIN_FIELDS_H

enum tcs_field {
	TCS_F_CLASSIFICATION_IDENTIFIER = 1,	/* classification.identifier */
	TCS_F_CLASSIFICATION_TAXONOMY = 2,	/* classification.taxonomy */
	TCS_F_CLASSIFICATION_TYPE = 3,	/* classification.type */
	TCS_F_COMMENT = 4,	/* comment */
	TCS_F_DESTINATION_ABUSE_CONTACT = 5,	/* destination.abuse_contact */
	TCS_F_DESTINATION_ACCOUNT = 6,	/* destination.account */
	TCS_F_DESTINATION_ALLOCATED = 7,	/* destination.allocated */
	TCS_F_DESTINATION_AS_NAME = 8,	/* destination.as_name */
	TCS_F_DESTINATION_ASN = 9,	/* destination.asn */
	TCS_F_DESTINATION_DOMAIN_SUFFIX = 10,	/* destination.domain_suffix */
	TCS_F_DESTINATION_FQDN = 11,	/* destination.fqdn */
	TCS_F_DESTINATION_GEOLOCATION_CC = 12,	/* destination.geolocation.cc */
	TCS_F_DESTINATION_GEOLOCATION_CITY = 13,	/* destination.geolocation.city */
	TCS_F_DESTINATION_GEOLOCATION_COUNTRY = 14,	/* destination.geolocation.country */
	TCS_F_DESTINATION_GEOLOCATION_LATITUDE = 15,	/* destination.geolocation.latitude */
	TCS_F_DESTINATION_GEOLOCATION_LONGITUDE = 16,	/* destination.geolocation.longitude */
	TCS_F_DESTINATION_GEOLOCATION_REGION = 17,	/* destination.geolocation.region */
	TCS_F_DESTINATION_GEOLOCATION_STATE = 18,	/* destination.geolocation.state */
	TCS_F_DESTINATION_IP = 19,	/* destination.ip */
	TCS_F_DESTINATION_LOCAL_HOSTNAME = 20,	/* destination.local_hostname */
	TCS_F_DESTINATION_LOCAL_IP = 21,	/* destination.local_ip */
	TCS_F_DESTINATION_NETWORK = 22,	/* destination.network */
	TCS_F_DESTINATION_PORT = 23,	/* destination.port */
	TCS_F_DESTINATION_REGISTRY = 24,	/* destination.registry */
	TCS_F_DESTINATION_REVERSE_DNS = 25,	/* destination.reverse_dns */
	TCS_F_DESTINATION_TOR_NODE = 26,	/* destination.tor_node */
	TCS_F_DESTINATION_URL = 27,	/* destination.url */
	TCS_F_DESTINATION_URLPATH = 28,	/* destination.urlpath */
	TCS_F_EVENT_DESCRIPTION_TARGET = 29,	/* event_description.target */
	TCS_F_EVENT_DESCRIPTION_TEXT = 30,	/* event_description.text */
	TCS_F_EVENT_DESCRIPTION_URL = 31,	/* event_description.url */
	TCS_F_EVENT_HASH = 32,	/* event_hash */
	TCS_F_FEED_ACCURACY = 33,	/* feed.accuracy */
	TCS_F_FEED_CODE = 34,	/* feed.code */
	TCS_F_FEED_DOCUMENTATION = 35,	/* feed.documentation */
	TCS_F_FEED_NAME = 36,	/* feed.name */
	TCS_F_FEED_PROVIDER = 37,	/* feed.provider */
	TCS_F_FEED_URL = 38,	/* feed.url */
	TCS_F_MALWARE_HASH_MD5 = 39,	/* malware.hash.md5 */
	TCS_F_MALWARE_HASH_SHA1 = 40,	/* malware.hash.sha1 */
	TCS_F_MALWARE_HASH_SHA256 = 41,	/* malware.hash.sha256 */
	TCS_F_MALWARE_NAME = 42,	/* malware.name */
	TCS_F_MALWARE_VERSION = 43,	/* malware.version */
	TCS_F_MISP_ATTRIBUTE_UUID = 44,	/* misp.attribute_uuid */
	TCS_F_MISP_EVENT_UUID = 45,	/* misp.event_uuid */
	TCS_F_OUTPUT = 46,	/* output */
	TCS_F_PROTOCOL_APPLICATION = 47,	/* protocol.application */
	TCS_F_PROTOCOL_TRANSPORT = 48,	/* protocol.transport */
	TCS_F_RAW = 49,	/* raw */
	TCS_F_RTIR_ID = 50,	/* rtir_id */
	TCS_F_SCREENSHOT_URL = 51,	/* screenshot_url */
	TCS_F_SOURCE_ABUSE_CONTACT = 52,	/* source.abuse_contact */
	TCS_F_SOURCE_ACCOUNT = 53,	/* source.account */
	TCS_F_SOURCE_ALLOCATED = 54,	/* source.allocated */
	TCS_F_SOURCE_AS_NAME = 55,	/* source.as_name */
	TCS_F_SOURCE_ASN = 56,	/* source.asn */
	TCS_F_SOURCE_DOMAIN_SUFFIX = 57,	/* source.domain_suffix */
	TCS_F_SOURCE_FQDN = 58,	/* source.fqdn */
	TCS_F_SOURCE_GEOLOCATION_CC = 59,	/* source.geolocation.cc */
	TCS_F_SOURCE_GEOLOCATION_CITY = 60,	/* source.geolocation.city */
	TCS_F_SOURCE_GEOLOCATION_COUNTRY = 61,	/* source.geolocation.country */
	TCS_F_SOURCE_GEOLOCATION_CYMRU_CC = 62,	/* source.geolocation.cymru_cc */
	TCS_F_SOURCE_GEOLOCATION_GEOIP_CC = 63,	/* source.geolocation.geoip_cc */
	TCS_F_SOURCE_GEOLOCATION_LATITUDE = 64,	/* source.geolocation.latitude */
	TCS_F_SOURCE_GEOLOCATION_LONGITUDE = 65,	/* source.geolocation.longitude */
	TCS_F_SOURCE_GEOLOCATION_REGION = 66,	/* source.geolocation.region */
	TCS_F_SOURCE_GEOLOCATION_STATE = 67,	/* source.geolocation.state */
	TCS_F_SOURCE_IP = 68,	/* source.ip */
	TCS_F_SOURCE_LOCAL_HOSTNAME = 69,	/* source.local_hostname */
	TCS_F_SOURCE_LOCAL_IP = 70,	/* source.local_ip */
	TCS_F_SOURCE_NETWORK = 71,	/* source.network */
	TCS_F_SOURCE_PORT = 72,	/* source.port */
	TCS_F_SOURCE_REGISTRY = 73,	/* source.registry */
	TCS_F_SOURCE_REVERSE_DNS = 74,	/* source.reverse_dns */
	TCS_F_SOURCE_TOR_NODE = 75,	/* source.tor_node */
	TCS_F_SOURCE_URL = 76,	/* source.url */
	TCS_F_SOURCE_URLPATH = 77,	/* source.urlpath */
	TCS_F_STATUS = 78,	/* status */
	TCS_F_TIME_OBSERVATION = 79,	/* time.observation */
	TCS_F_TIME_SOURCE = 80,	/* time.source */
	TCS_F_TLP = 81,	/* tlp */
	TCS_F_SEVERITY = 82,	/* severity */
	TCS_F_PRODUCT_FULL_NAME = 83,	/* product.full_name */
	TCS_F_PRODUCT_VENDOR = 84,	/* product.vendor */
	TCS_F_PRODUCT_NAME = 85,	/* product.name */
	TCS_F_PRODUCT_VERSION = 86,	/* product.version */
	TCS_F_PRODUCT_VULNERABILITIES = 87,	/* product.vulnerabilities */
	TCS_F_CONSTITUENCY = 88,	/* constituency */
	TCS_F_COUNT = 89
};

/*
 * What a finding is about, as the host derives it from the feed's mapping (source or destination, address or
 * name). Stages read these instead of source.* or destination.*; they are no part of IDF.
 */
enum tcs_subject_field {
	TCS_F_SUBJECT_IP = 0x4001,	/* TCS_C_IP */
	TCS_F_SUBJECT_NAME = 0x4002,	/* TCS_C_TEXT: host or domain name, A-labels; only if the finding
					 * is about a name */
	TCS_F_SUBJECT_ASN = 0x4003	/* TCS_C_U32 */
};

#endif
