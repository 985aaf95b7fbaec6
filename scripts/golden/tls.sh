#!/usr/bin/env bash
# Keys and certificates as OpenSSL and keytool write them -> src/test/resources/tls
# They open nothing but the tests' own servers.
set -euo pipefail
out=$(cd "$(dirname "$0")/../.." && pwd)/src/test/resources/tls
mkdir -p "$out" && cd "$out" && rm -f ./*
days=36500
certificate() { openssl req -x509 -new -key "$1" -days "$days" -subj "/CN=$2" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -out "$3"; }

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa_pkcs8.key
openssl rsa -in rsa_pkcs8.key -traditional -out rsa_pkcs1.key
openssl pkcs8 -topk8 -in rsa_pkcs8.key -passout pass:changeit -out rsa_pkcs8_encrypted.key
openssl rsa -in rsa_pkcs8.key -traditional -aes128 -passout pass:changeit -out rsa_pkcs1_encrypted.key
certificate rsa_pkcs8.key "rsa test" rsa.pem

openssl ecparam -name prime256v1 -genkey -out ec_sec1.key # with a block of parameters before the key
openssl pkcs8 -topk8 -nocrypt -in ec_sec1.key -out ec_pkcs8.key
openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out ec_explicit.key
certificate ec_sec1.key "ec test" ec.pem

openssl genpkey -algorithm ED25519 -out ed25519.key
certificate ed25519.key "ed25519 test" ed25519.pem

# A certificate that another one vouches for, and the chain as a server shows it.
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ca.key
openssl req -x509 -new -key ca.key -days "$days" -subj "/CN=authority test" -out ca.pem
openssl req -new -key rsa_pkcs8.key -subj "/CN=signed test" -out signed.csr
openssl x509 -req -in signed.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days "$days" -out signed.pem \
  -extfile <(echo subjectAltName=DNS:localhost,IP:127.0.0.1)
cat signed.pem ca.pem > chain.pem

openssl req -new -key rsa_pkcs8.key -subj "/CN=expired test" -out expired.csr
: > index.txt
echo 01 > serial
openssl ca -batch -notext -cert ca.pem -keyfile ca.key -in expired.csr -out expired.pem \
  -startdate 20200101000000Z -enddate 20210101000000Z -config <(printf '%s\n' '[ca]' default_ca=d '[d]' \
  database=index.txt serial=serial new_certs_dir=. default_md=sha256 policy=p '[p]' commonName=supplied)

keytool -genkey -keyalg RSA -alias ts -keystore keystore.p12 -storepass changeit -storetype PKCS12 -validity 36500 \
  -keysize 2048 -dname "CN=keystore test, OU=IT, O=Sconce, L=Here, ST=There, C=NO"
keytool -genkey -keyalg EC -alias ts -keystore keystore.jks -storepass changeit -keypass changeit -storetype JKS \
  -validity 36500 -dname "CN=jks test"
keytool -genkey -keyalg RSA -alias ts -keystore other_key_pass.jks -storepass changeit -keypass otherpass -storetype JKS \
  -validity 36500 -keysize 2048 -dname "CN=jks test"
keytool -importcert -noprompt -alias ca -file ca.pem -keystore no_key.p12 -storepass changeit -storetype PKCS12
rm -f ./*.csr ./*.srl index.txt* serial* ca.key [0-9A-F]*.pem
