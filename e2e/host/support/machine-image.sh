#!/bin/bash
# machine-image.sh FOLDER TREE ADDITIONS SIZE
# Fills the empty folder FOLDER, as root, with what a virtual machine boots from: the Debian in TREE (left as it is) with
# a kernel and with what is in the folder ADDITIONS as disk.img, of that SIZE, the kernel itself, an initial file system,
# and a key that its root lets in. The image is cached under the hash of this file.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
folder=$1 tree=$2 additions=$3 size=$4

# What is put on top of the tree is in memory until it is in the image; nobody else sees these mounts.
if [ "${5-}" != unshared ]; then
  exec unshare --mount --propagation private bash "$0" "$@" unshared
fi
work=$folder/work
mkdir "$work"
mount -t tmpfs tmpfs "$work"
mkdir "$work"/{upper,work,root,initial}
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
in_root() { unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" "$@"; }

# The kernel's files without its package's scripts, which would build an initial file system with a great deal in it.
in_root apt-get --quiet=2 --option APT::Architectures=amd64 update
kernel=$(in_root apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
in_root sh -c "cd /tmp && apt-get --quiet=2 download $kernel busybox-static && for package in *.deb; do dpkg-deb --extract \$package /; done"
version=${kernel#linux-image-}
in_root depmod "$version"
mv "$root/boot/vmlinuz-$version" "$folder/kernel"

# The initial file system: the driver of the disk, which is a module, and what project quotas need before it is mounted.
initial=$work/initial
mkdir "$initial"/{bin,dev,root}
mv "$root/usr/bin/busybox" "$initial/bin/"
for module in drivers/block/virtio_blk fs/quota/quota_tree fs/quota/quota_v2; do
  xz --decompress --stdout "$root/usr/lib/modules/$version/kernel/$module.ko.xz" >"$initial/${module##*/}.ko"
done
cat >"$initial/init" <<'INIT'
#!/bin/busybox sh
busybox=/bin/busybox
$busybox mount -t devtmpfs devtmpfs /dev
for module in virtio_blk quota_tree quota_v2; do $busybox insmod /$module.ko; done
until [ -b /dev/vda ]; do $busybox usleep 20000; done
$busybox mount -t ext4 -o rw,prjquota /dev/vda /root
$busybox mount --move /dev /root/dev
exec $busybox switch_root /root /sbin/init
INIT
chmod +x "$initial/init"
(cd "$initial" && find . | ./bin/busybox cpio -o -H newc --quiet) >"$folder/initial.cpio"

# Its one network device leads to QEMU, which forwards a port of this machine's loopback to it and nothing else.
cat >"$root/etc/systemd/network/20-management.network" <<'NETWORK'
[Match]
Driver=virtio_net
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
IPv6AcceptRA=no
NETWORK
ssh-keygen -q -t ed25519 -N '' -C left4me-bed -f "$folder/key"
install -D -m 0600 "$folder/key.pub" "$root/root/.ssh/authorized_keys"
# sshd that opens no session: systemd-logind would make a scope for each command.
printf 'UsePAM no\nUseDNS no\nMaxSessions 100\nPrintMotd no\n' >"$root/etc/ssh/sshd_config.d/bed.conf"
echo "left4me-bed $(cut -d' ' -f1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub")" >"$folder/known_hosts"
rm -f "$root/root/.bashrc"
in_root systemctl --quiet enable ssh.service systemd-networkd.service

# Under emulation each program that starts costs a tenth of a second: what no test looks at isn't started.
for unit in getty@tty1.service serial-getty@.service getty.target systemd-hwdb-update.service ldconfig.service \
  systemd-journal-catalog-update.service systemd-firstboot.service systemd-tmpfiles-clean.timer e2scrub_reap.service \
  systemd-networkd-persistent-storage.service systemd-network-generator.service systemd-pstore.service \
  systemd-binfmt.service modprobe@drm.service modprobe@efi_pstore.service remote-fs.target sshd-keygen.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
# Generators run at each `daemon-reload`; the initial file system has mounted what they would.
mkdir -p "$root/etc/systemd/system-generators"
for generator in "$root"/usr/lib/systemd/system-generators/*; do
  ln -sf /dev/null "$root/etc/systemd/system-generators/${generator##*/}"
done
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
echo '/dev/vda / ext4 prjquota 0 0' >"$root/etc/fstab"
touch "$root/etc/.updated" "$root/var/.updated"

cp --recursive --preserve=mode,links "$additions/." "$root/"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/tmp/*.deb "$root"/boot/*

# With project quotas, as a host's file system may have them: mke2fs(8). Sparse, so that what isn't used costs nothing.
mkfs.ext4 -q -O quota,project -E quotatype=prjquota,nodiscard -d "$root" "$folder/disk.img" "$size"
umount "$root" "$work"
rmdir "$work"
